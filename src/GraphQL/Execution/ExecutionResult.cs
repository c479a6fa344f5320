using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Execution;

/// <summary>What a client gets for an operation.</summary>
public sealed class ExecutionResult
{
    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true, // and with it the limit of depth, which documents have already
    };

    private readonly object? data;

    private ExecutionResult(object? data, bool hasData, IReadOnlyList<GraphQLError> errors) =>
        (this.data, HasData, Errors) = (data, hasData, errors);

    /// <summary>All errors, in the order of the fields in the response.</summary>
    public IReadOnlyList<GraphQLError> Errors { get; }

    /// <summary>Whether execution began; if not, the request itself is wrong.</summary>
    public bool HasData { get; }

    /// <summary>The answer to a request that cannot be executed.</summary>
    public static ExecutionResult Refused(params IReadOnlyList<GraphQLError> errors) => new(null, false, errors);

    internal static ExecutionResult Of(object? data, bool mayHaveErrors)
    {
        var errors = new List<GraphQLError>();
        if (mayHaveErrors)
            Gather(data, errors);
        return new ExecutionResult(data, true, errors);
    }

    /// <summary>Writes the response, errors first.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Relaxed);
        Write(writer);
    }

    /// <summary>Writes the response as a value of other JSON.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (Errors.Count > 0)
        {
            writer.WritePropertyName("errors"u8);
            WriteErrors(writer);
        }
        if (HasData)
        {
            writer.WritePropertyName("data"u8);
            Write(writer, data);
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes the errors alone, as an array.</summary>
    public void WriteErrors(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var error in Errors)
            Write(writer, error);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, GraphQLError error)
    {
        writer.WriteStartObject();
        writer.WriteString("message"u8, error.Message);
        if (!error.Locations.IsEmpty)
        {
            writer.WriteStartArray("locations"u8);
            foreach (var location in error.Locations)
            {
                writer.WriteStartObject();
                writer.WriteNumber("line"u8, location.Line);
                writer.WriteNumber("column"u8, location.Column);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        if (error.Path is { } path)
        {
            writer.WritePropertyName("path"u8);
            Untyped.Write(writer, path.Parts);
        }
        if (error.Extensions is { Count: > 0 } extensions)
        {
            writer.WritePropertyName("extensions"u8);
            Untyped.Write(writer, extensions);
        }
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case null or NullResult:
                writer.WriteNullValue();
                break;
            case ObjectResult fields:
                writer.WriteStartObject();
                for (var index = 0; index < fields.Values.Count; index++)
                {
                    writer.WritePropertyName(fields.Fields.Groups[index].EncodedName);
                    Write(writer, fields.Values[index]);
                }
                writer.WriteEndObject();
                break;
            case ListResult list:
                writer.WriteStartArray();
                foreach (var item in list.Values)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                Untyped.Write(writer, value);
                break;
        }
    }

    /// <summary>Errors in the order of the response. What comes after a null that propagates might as well not have been executed, so
    /// its errors are left out: the response does not depend on which of several fields was the fastest.</summary>
    private static void Gather(object? value, List<GraphQLError> errors)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case NullResult nothing:
                Gather(nothing.Inside, errors);
                if (nothing.Error is { } error)
                    errors.Add(error);
                break;
            case ListResult list:
                foreach (var item in list.Values)
                {
                    Gather(item, errors);
                    if (item is NullResult { Propagates: true })
                        return;
                }
                break;
        }
    }
}
