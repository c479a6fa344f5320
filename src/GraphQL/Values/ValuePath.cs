namespace EventPipeline.GraphQL.Values;

/// <summary>The way from a value to a part of it: fields by name, items by number.</summary>
internal sealed record ValuePath(ValuePath? Before, string? Field, int Index)
{
    /// <summary>Such as <c>.input.tags[2]</c>.</summary>
    public override string ToString() => $"{Before}{(Field is null ? $"[{Index}]" : $".{Field}")}";

    /// <summary>The part of a sentence that says where; empty for the value as a whole.</summary>
    public static string Describe(ValuePath? path) => path is null ? "" : $" at {path}";
}
