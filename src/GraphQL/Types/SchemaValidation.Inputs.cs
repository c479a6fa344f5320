using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Types;

public sealed partial class SchemaValidation
{
    private readonly HashSet<InputValue> visitedDefaults = [];
    private readonly List<InputValue> defaultPath = [];
    private readonly HashSet<InputObjectType> visitedInputs = [];
    private readonly List<InputValue> inputPath = [];
    private readonly Dictionary<InputObjectType, int> inputPositions = [];

    /// <summary>No default value of a field contains itself.</summary>
    private void CheckDefaultCycles(InputObjectType type) => CheckDefaultCycles(type, new ObjectValueNode([]));

    private void CheckDefaultCycles(InputObjectType type, ValueNode value)
    {
        if (value is ListValueNode list)
        {
            foreach (var item in list.Values)
                CheckDefaultCycles(type, item);
            return;
        }
        if (value is not ObjectValueNode given)
            return;
        foreach (var field in type.Fields)
        {
            if (field.Type.Named is not InputObjectType inner)
                continue;
            if (given.Fields.LastOrDefault(one => one.Name.Value == field.Name) is { } present)
                CheckDefaultCycles(inner, present.Value);
            else if (field.DefaultValue is { } defaultValue)
                FollowDefault(field, inner, defaultValue);
        }
    }

    private void FollowDefault(InputValue field, InputObjectType type, ValueNode value)
    {
        var start = defaultPath.IndexOf(field);
        if (start >= 0)
        {
            var via = defaultPath[(start + 1)..];
            var names = via.Count == 0 ? "" : $" via the default values of: {string.Join(", ", via)}";
            Report(
                $"Invalid circular reference. The default value of Input Object field {field} references itself{names}.",
                [.. defaultPath[start..].Select(one => one.Node?.DefaultValue)]
            );
            return;
        }
        if (!visitedDefaults.Add(field))
            return;
        defaultPath.Add(field);
        CheckDefaultCycles(type, value);
        defaultPath.RemoveAt(defaultPath.Count - 1);
    }

    /// <summary>Of every input object there is a value that ends.</summary>
    private void CheckFiniteInputs()
    {
        InputObjectType[] inputs = [.. schema.Types.OfType<InputObjectType>()];
        var finite = new HashSet<InputObjectType>();
        bool hasNew;
        do
        {
            hasNew = false;
            foreach (var input in inputs)
                hasNew |= !finite.Contains(input) && IsFinite(input, finite) && finite.Add(input);
        } while (hasNew);
        foreach (var input in inputs.Where(input => !finite.Contains(input)))
            ReportInfinite(input, finite);
    }

    private static bool IsFinite(InputObjectType type, HashSet<InputObjectType> finite) =>
        type.IsOneOf
            ? type.Fields.Count == 0
                || type.Fields.Any(field => Needed(type, field) is not { } other || finite.Contains(other))
            : type.Fields.All(field => Needed(type, field) is not { } other || finite.Contains(other));

    /// <summary>The input object without which a field cannot have a value.</summary>
    private static InputObjectType? Needed(InputObjectType type, InputValue field) =>
        type.IsOneOf ? field.Type as InputObjectType : (field.Type as NonNullType)?.OfType as InputObjectType;

    private void ReportInfinite(InputObjectType type, HashSet<InputObjectType> finite)
    {
        if (!visitedInputs.Add(type))
            return;
        inputPositions[type] = inputPath.Count;
        foreach (var field in type.Fields)
        {
            if (Needed(type, field) is not { } other || finite.Contains(other))
                continue;
            inputPath.Add(field);
            if (inputPositions.TryGetValue(other, out var start))
            {
                var cycle = inputPath[start..];
                Report(
                    $"Input Object {other} cannot be provided a finite value because it references itself through fields: {string.Join(", ", cycle)}.",
                    [.. cycle.Select(one => one.Node)]
                );
            }
            else
            {
                ReportInfinite(other, finite);
            }
            inputPath.RemoveAt(inputPath.Count - 1);
        }
        inputPositions.Remove(type);
    }
}
