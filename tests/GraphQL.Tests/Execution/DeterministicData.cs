using System.Globalization;
using System.Text.Json;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Tests.Execution;

/// <summary>Gives every field of every schema a value that follows from a number of its object, its name and its arguments: the same as
/// reference.js. Some are errors, nulls in the wrong places or of the wrong type.</summary>
/// <param name="schema">Any schema; its fields have no resolvers.</param>
/// <param name="isAsync">Whether some values come later.</param>
public sealed class DeterministicData(Schema schema, bool isAsync)
{
    private const int OfAnyScalar = 13; // so many at the beginning are JSON

    private static readonly object[] Unusual =
    [
        7,
        "12",
        "",
        " 1e3 ",
        "text",
        true,
        false,
        1.5,
        3.0,
        -0.0,
        2147483648.0,
        1e21,
        1e-7,
        double.NaN,
        double.PositiveInfinity,
        "0x10",
        "Infinity",
        0.1,
        123456789012345680000.0,
        9007199254740993L,
        12L,
        4294967296L,
        new object?[] { 1, "a", null, new object[] { 2, new object[] { 3, new object[] { 4 } } } },
        Fields("a", Fields("b", Fields("c", Fields("d", 1)))),
    ];

    public sealed record Source(uint Seed, string? TypeName = null);

    public ExecutionOptions Options =>
        new()
        {
            Resolver = Resolve,
            Subscribe = Subscribe,
            TypeOf = (value, _) => ((Source)value).TypeName,
            HideSuggestions = true,
        };

    private static IAsyncEnumerable<object?> Subscribe(IFieldContext context)
    {
        var number = Hash(((Source)context.Source!).Seed, $"events of {context.Field.Name}{Given(context)}");
        return (number % 8) switch
        {
            0 => throw new GraphQLException($"Meant for the client: {number}"),
            1 => throw new InvalidOperationException("Not for the client."),
            _ => EventsAsync(),
        };

        async IAsyncEnumerable<object?> EventsAsync()
        {
            for (var index = 0; index < (number >> 8) % 5; index++)
            {
                await Task.Yield();
                yield return new Source(Hash(number, $"{index}"));
            }
            if (number % 8 == 2)
                throw new InvalidOperationException("Not for the client.");
        }
    }

    private static string Given(IFieldContext context) =>
        JsonText(
            context
                .Field.Arguments.Where(argument => context.HasArgument(argument.Name))
                .Select(argument => KeyValuePair.Create(argument.Name, context.Argument(argument.Name)))
        );

    private object? Resolve(IFieldContext context)
    {
        var given = Given(context);
        if (context.Field.Name.StartsWith("echo", StringComparison.Ordinal))
            return given;
        var number = Hash(((Source)context.Source!).Seed, context.Field.Name + given);
        var value = ValueOf(context.Field.Type, number);
        if (isAsync && number % 4 < 2)
            return number % 8 < 4 ? LaterAsync(value) : new ValueTask<object?>(LaterAsync(value));
        return value is Exception exception ? throw exception : value;
    }

    private object? ValueOf(GraphQLType type, uint number)
    {
        switch (number % 40)
        {
            case 0:
                return new GraphQLException($"Meant for the client: {number}");
            case 1:
                return new InvalidOperationException("Not for the client.");
            case 2:
                return null;
        }
        var isOdd = number % 40 == 3;
        var part = number >> 8;
        return type.Nullable switch
        {
            ListType when isOdd => part % 2 == 0 ? "not a list" : 5,
            ListType list => List(list, number, part),
            ObjectType itself => new Source(number, itself.Name),
            CompositeType several => new Source(number, isOdd ? WrongName(part) : Possible(several, part)),
            ScalarType when isOdd && !BuiltInScalars.Has(type.Named.Name) => Unusual[part % OfAnyScalar],
            LeafType when isOdd => Unusual[part % Unusual.Length],
            EnumType names => names.Values[(int)(part % names.Values.Count)].Value,
            var scalar => Scalar(scalar.Named.Name, part),
        };
    }

    private object List(ListType type, uint number, uint part)
    {
        var items = new List<object?>();
        for (var index = 0; index < part % 4; index++)
        {
            var inner = Hash(number, $"{index}");
            var item = ValueOf(type.OfType, inner);
            items.Add(isAsync && inner % 3 == 0 ? LaterAsync(item) : item);
        }
        return isAsync && part % 5 == 0 ? SequenceAsync(items) : items;
    }

    private string? WrongName(uint part) =>
        (part % 4) switch
        {
            0 => "Missing",
            1 => "String",
            2 => schema.Query!.Name,
            _ => null,
        };

    private string? Possible(CompositeType type, uint part)
    {
        var possible = schema.PossibleTypes(type);
        return possible.Count == 0 ? null : possible[(int)(part % possible.Count)].Name;
    }

    private static object Scalar(string name, uint part) =>
        name switch
        {
            "Int" => (int)(part % 1000),
            "Float" => part % 1000 / 8.0,
            "String" => $"text {part % 1000} \"\u00e9\n",
            "Boolean" => part % 2 == 0,
            "ID" => part % 2 == 0 ? $"{part % 1000}" : (int)(part % 1000),
            _ => new Dictionary<string, object?>
            {
                ["any"] = new object?[] { 1, 2.5, null, "x", true },
                ["number"] = (int)(part % 1000),
            },
        };

    private static async Task<object?> LaterAsync(object? value)
    {
        await Task.Yield();
        return value is Exception exception ? throw exception : value;
    }

    private static async IAsyncEnumerable<object?> SequenceAsync(List<object?> values)
    {
        foreach (var value in values)
        {
            await Task.Yield();
            // What a generator of JavaScript yields is awaited.
            yield return value is Task<object?> task ? await task : value;
        }
    }

    private static uint Hash(uint seed, string text)
    {
        var value = seed;
        foreach (var character in text)
            value = (value ^ character) * 16777619;
        value = (value ^ (value >> 15)) * 2246822519;
        return value ^ (value >> 13);
    }

    private static Dictionary<string, object?> Fields(string name, object? value) => new() { [name] = value };

    /// <summary>As JSON.stringify writes it.</summary>
    private static string JsonText(object? value) =>
        value switch
        {
            null => "null",
            string text => GraphQL.Language.StringValue.Print(text),
            bool truth => truth ? "true" : "false",
            int or long or double => GraphQL.Values.JavaScriptNumber.Print(
                Convert.ToDouble(value, CultureInfo.InvariantCulture)
            ),
            IEnumerable<KeyValuePair<string, object?>> fields =>
                $"{{{string.Join(',', fields.Select(field => $"{JsonText(field.Key)}:{JsonText(field.Value)}"))}}}",
            IEnumerable<object?> items => $"[{string.Join(',', items.Select(JsonText))}]",
            _ => JsonSerializer.Serialize(value),
        };
}
