using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace EventPipeline.GraphQL.Types;

/// <summary>Something with a name inside a type.</summary>
public interface IMember
{
    /// <summary>The name.</summary>
    string Name { get; }
}

/// <summary>Members of a type in their order, also found by name.</summary>
public sealed class MemberList<T> : IReadOnlyList<T>
    where T : class, IMember
{
    private readonly T[] members;
    private readonly Dictionary<string, T> byName;

    internal MemberList(string owner, IEnumerable<T> members)
    {
        this.members = [.. members];
        byName = new Dictionary<string, T>(this.members.Length, StringComparer.Ordinal);
        foreach (var member in this.members)
        {
            if (!byName.TryAdd(member.Name, member))
                throw new ArgumentException($"{owner} has two members named \"{member.Name}\".", nameof(members));
        }
    }

    /// <inheritdoc />
    public int Count => members.Length;

    /// <inheritdoc />
    public T this[int index] => members[index];

    /// <summary>The member of a name; null if there is none.</summary>
    public T? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Whether there is a member of a name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out T? member) => byName.TryGetValue(name, out member);

    /// <summary>The members without a list of their own on the heap.</summary>
    public ReadOnlySpan<T> AsSpan() => members;

    /// <inheritdoc />
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)members).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => members.GetEnumerator();
}
