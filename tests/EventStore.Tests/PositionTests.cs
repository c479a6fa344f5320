using CsCheck;

namespace EventPipeline.EventStore.Tests;

public sealed class PositionTests
{
    private static readonly Gen<Position> AnyPosition = Gen.Select(
        Gen.ULong,
        Gen.Long[0, long.MaxValue],
        (transaction, sequence) => new Position(transaction, sequence)
    );

    [Fact]
    public void Its_text_form_reads_back() =>
        AnyPosition.Sample(position => Position.Parse(position.ToString()) == position);

    [Fact]
    public void It_is_ordered_by_transaction_then_by_sequence() =>
        Gen.Select(AnyPosition, AnyPosition)
            .Sample((a, b) => a < b == (a.Transaction, a.Sequence).CompareTo((b.Transaction, b.Sequence)) < 0);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("1")]
    [InlineData("1/")]
    [InlineData("/1")]
    [InlineData("-1/1")]
    [InlineData("1/-1")]
    [InlineData("1/2/3")]
    [InlineData(" 1/2")]
    [InlineData("99999999999999999999/1")]
    public void What_is_no_position_is_refused(string? text) => Position.TryParse(text, out _).ShouldBeFalse();
}
