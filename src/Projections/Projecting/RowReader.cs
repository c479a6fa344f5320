using System.Collections.Frozen;
using System.Linq.Expressions;
using System.Text.Json;
using Npgsql;

namespace EventPipeline.Projections.Projecting;

/// <summary>Reads rows as records, each column as the parameter of the record's constructor that it is named after, in snake case. Columns
/// of plain types come as PostgreSQL sends them; all others hold JSON.</summary>
internal static class RowReader<TRow>
{
    private static readonly HashSet<Type> PlainTypes =
    [
        typeof(Guid),
        typeof(string),
        typeof(bool),
        typeof(int),
        typeof(long),
        typeof(double),
        typeof(DateTimeOffset),
    ];

    private static readonly ParameterExpression Reader = Expression.Parameter(typeof(NpgsqlDataReader));

    static RowReader()
    {
        var constructor = typeof(TRow).GetConstructors().Single();
        var parameters = constructor.GetParameters();
        Columns = string.Join(
            ", ",
            parameters.Select(it => $"\"{JsonNamingPolicy.SnakeCaseLower.ConvertName(it.Name!)}\"")
        );
        Count = parameters.Length;
        var row = Expression.New(constructor, parameters.Select((it, column) => ValueOf(it.ParameterType, column)));
        Read = Expression.Lambda<Func<NpgsqlDataReader, TRow>>(row, Reader).Compile();
    }

    /// <summary>What to select.</summary>
    public static string Columns { get; }

    /// <summary>How many columns these are.</summary>
    public static int Count { get; }

    /// <summary>Reads the row at which a reader stands.</summary>
    public static Func<NpgsqlDataReader, TRow> Read { get; }

    private static Expression ValueOf(Type type, int column)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var method =
            PlainTypes.Contains(plain) ? nameof(Plain)
            : plain.IsEnum ? nameof(Word)
            : nameof(Json);
        var at = Expression.Constant(column);
        Expression value = Expression.Call(typeof(RowReader<TRow>), method, [plain], Reader, at);
        return type.IsValueType && plain == type
            ? value
            : Expression.Condition(
                Expression.Call(Reader, nameof(NpgsqlDataReader.IsDBNull), null, at),
                Expression.Default(type),
                Expression.Convert(value, type)
            );
    }

    private static T Plain<T>(NpgsqlDataReader reader, int column) => reader.GetFieldValue<T>(column);

    private static T Word<T>(NpgsqlDataReader reader, int column)
        where T : struct, Enum => Words<T>.All[reader.GetString(column)];

    private static T? Json<T>(NpgsqlDataReader reader, int column) =>
        JsonSerializer.Deserialize<T>(reader.GetFieldValue<byte[]>(column), RowJson.Options);

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<string, T> All = Enum.GetValues<T>()
            .ToFrozenDictionary(it => JsonNamingPolicy.CamelCase.ConvertName($"{it}"), StringComparer.Ordinal);
    }
}
