using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EventPipeline.EventStore;

/// <summary>A place in the log, between two events or at one. Ordered by transaction, then by sequence: sequence numbers are drawn
/// before their transaction commits, so they alone do not tell what a reader has already been shown.</summary>
/// <param name="Transaction">The transaction that appended (PostgreSQL's xid8).</param>
/// <param name="Sequence">The event's sequence number, from 1.</param>
public readonly record struct Position(ulong Transaction, long Sequence) : IComparable<Position>
{
    /// <summary>Before the first event.</summary>
    public static readonly Position Start;

    /// <inheritdoc />
    public int CompareTo(Position other) =>
        Transaction != other.Transaction
            ? Transaction.CompareTo(other.Transaction)
            : Sequence.CompareTo(other.Sequence);

    /// <summary>The text form, <c>TRANSACTION/SEQUENCE</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Transaction}/{Sequence}");

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static Position Parse(string text) =>
        TryParse(text, out var position)
            ? position
            : throw new FormatException($"'{text}' is not a position in the log; one looks like 1234/567.");

    /// <summary>Reads the text form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Position position)
    {
        position = default;
        var slash = text?.IndexOf('/') ?? -1;
        if (
            slash < 0
            || !ulong.TryParse(text.AsSpan(0, slash), NumberStyles.None, null, out var transaction)
            || !long.TryParse(text.AsSpan(slash + 1), NumberStyles.None, null, out var sequence)
        )
            return false;
        position = new Position(transaction, sequence);
        return true;
    }

    /// <summary>The earlier of two.</summary>
    public static Position Min(Position left, Position right) => left <= right ? left : right;

    /// <summary>The later of two.</summary>
    public static Position Max(Position left, Position right) => left >= right ? left : right;

    /// <summary>Whether the left one is earlier.</summary>
    public static bool operator <(Position left, Position right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one is later.</summary>
    public static bool operator >(Position left, Position right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one is not later.</summary>
    public static bool operator <=(Position left, Position right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one is not earlier.</summary>
    public static bool operator >=(Position left, Position right) => left.CompareTo(right) >= 0;
}
