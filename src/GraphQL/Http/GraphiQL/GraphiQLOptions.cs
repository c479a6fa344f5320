namespace EventPipeline.GraphQL.Http.GraphiQL;

/// <summary>A page on which developers try out the schema, at the same address, for browsers.</summary>
/// <param name="Folder">Where the files of GraphiQL, React and graphql-sse are (<see cref="GraphiQLPage.Files" />); null if there are none: the
/// page then says how to get them.</param>
/// <param name="Example">The operation that a developer sees first.</param>
public sealed record GraphiQLOptions(string? Folder, string Example = "{ __typename }");
