using System.Text.Json;
using CsCheck;
using EventPipeline.Host.Processing;

namespace EventPipeline.Host.Tests;

public sealed class DocumentJsonTests
{
    [Theory]
    [InlineData(12.340000000001, "12.34")]
    [InlineData(0.1 + 0.2, "0.3")]
    [InlineData(5, "5")]
    [InlineData(-0.0001, "0")]
    public void Numbers_are_written_to_thousandths(double number, string written) =>
        JsonSerializer.Serialize(number, DocumentJson.Compact).ShouldBe(written);

    [Fact]
    public void No_number_is_off_by_more_than_half_a_thousandth_or_has_more_than_three_decimals() =>
        Gen.Double[-1e6, 1e6]
            .Sample(number =>
            {
                var written = JsonSerializer.Serialize(number, DocumentJson.Compact);
                Math.Abs(double.Parse(written, System.Globalization.CultureInfo.InvariantCulture) - number)
                    .ShouldBeLessThanOrEqualTo(0.0005 + 1e-9);
                (written.Length - 1 - written.LastIndexOf('.') <= 3 || !written.Contains('.')).ShouldBeTrue(written);
            });

    [Fact]
    public void A_number_that_may_be_missing_is_null_where_it_is() =>
        JsonSerializer.Serialize(new double?[] { 1.00049, null }, DocumentJson.Compact).ShouldBe("[1,null]");
}
