using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Validation;

/// <summary>What the rules share while a document is validated: where the walk is, which fragments there are, and the errors.</summary>
internal sealed class ValidationContext(Schema? schema, DocumentNode document, ValidationOptions options)
{
    private FragmentIndex? fragments;
    private VariableUsages? variables;

    public DocumentNode Document { get; } = document;

    public List<GraphQLError> Errors { get; } = [];

    public bool HideSuggestions { get; } = options.HideSuggestions;

    /// <summary>The schema, or null while the definitions of one are validated.</summary>
    public Schema? OptionalSchema { get; } = schema;

    public Schema Schema => OptionalSchema ?? throw new InvalidOperationException("There is no schema yet.");

    public FragmentIndex Fragments => fragments ??= new FragmentIndex(Document);

    public VariableUsages Variables => variables ??= new VariableUsages(Schema, Fragments);

    /// <summary>The type of the field or fragment that the walk is in.</summary>
    public GraphQLType? Type { get; set; }

    /// <summary>The type of the selection set that the walk is in.</summary>
    public CompositeType? ParentType { get; set; }

    /// <summary>The field that the walk is in, as the schema knows it.</summary>
    public Field? Field { get; set; }

    /// <summary>The directive that the walk is in, as the schema knows it.</summary>
    public Directive? Directive { get; set; }

    /// <summary>The argument that the walk is in, as the schema knows it.</summary>
    public InputValue? Argument { get; set; }

    /// <summary>Whether the walk is in the definition of something that is not executable.</summary>
    public bool IsInTypeSystem { get; set; }

    /// <summary>The arguments that can be meant where the walk is: those of the directive if the schema knows it, else those of the field
    /// around it, as in the reference implementation.</summary>
    public MemberList<InputValue>? Arguments => Directive?.Arguments ?? Field?.Arguments;

    public void Report(string message, Location location) => Report(GraphQLError.At(message, location));

    public void Report(string message, Location first, Location second) =>
        Report(message, (ReadOnlySpan<Location>)[first, second]);

    public void Report(string message, params ReadOnlySpan<Location> locations)
    {
        var known = ImmutableArray.CreateBuilder<Location>(locations.Length);
        foreach (var location in locations)
        {
            if (location.IsKnown)
                known.Add(location);
        }
        Report(new GraphQLError(message, known.ToImmutable()));
    }

    public void Report(GraphQLError error)
    {
        if (Errors.Count >= options.MaximumErrors)
            throw ValidationAbortedException.TooManyErrors();
        Errors.Add(error);
    }
}
