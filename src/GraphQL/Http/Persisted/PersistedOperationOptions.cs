namespace EventPipeline.GraphQL.Http.Persisted;

/// <summary>Documents that clients name instead of sending them.</summary>
public sealed class PersistedOperationOptions
{
    /// <summary>The documents that clients were built with; none if not set. They have no limits.</summary>
    public TrustedDocuments Trusted { get; set; } = TrustedDocuments.None;

    /// <summary>Refuses all documents that are not trusted.</summary>
    public bool OnlyTrusted { get; set; }

    /// <summary>Lets clients send the hash of a document that they have sent before (automatic persisted queries).</summary>
    public bool Automatic { get; set; } = true;

    /// <summary>How many documents of automatic persisted queries are kept; what was not used for the longest time goes.</summary>
    public int AutomaticCapacity { get; set; } = 1000;

    /// <summary>How many characters these may have together.</summary>
    public int AutomaticCharacters { get; set; } = 4 * 1024 * 1024;
}
