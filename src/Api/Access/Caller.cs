namespace EventPipeline.Api.Access;

/// <summary>Who asks. Every resolver that reads or changes something takes it: what somebody may see is decided here alone.</summary>
/// <param name="OwnerId">Whose videos and jobs the caller sees.</param>
public sealed record Caller(string OwnerId)
{
    /// <summary>The one owner of an installation without accounts.</summary>
    public static readonly Caller Local = new("local");

    /// <summary>The caller as events name it.</summary>
    public string Actor => $"user:{OwnerId}";

    /// <summary>Whether something of an owner is the caller's to see and to change.</summary>
    public bool Owns(string ownerId) => ownerId == OwnerId;
}
