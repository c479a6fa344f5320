namespace EventPipeline.GraphQL.Annotations;

// The names are those of HotChocolate, so that a move there is a change of usings.

/// <summary>A static class whose public static methods are fields of the root of queries.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class QueryTypeAttribute : Attribute;

/// <summary>A static class whose public static methods are fields of the root of mutations.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MutationTypeAttribute : Attribute;

/// <summary>A static class whose public static methods, which give asynchronous sequences, are fields of the root of
/// subscriptions.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SubscriptionTypeAttribute : Attribute;

/// <summary>A static class whose public static methods are further fields of an object. A method takes the place of a property with the
/// same field name.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ExtendObjectTypeAttribute<T> : ExtendObjectTypeAttribute
{
    internal override Type Extended => typeof(T);
}

/// <summary>See <see cref="ExtendObjectTypeAttribute{T}" />.</summary>
public abstract class ExtendObjectTypeAttribute : Attribute
{
    internal abstract Type Extended { get; }
}

/// <summary>A C# interface or abstract class that is an interface of the schema: the objects behind it are the classes of its assembly
/// that implement it.</summary>
[AttributeUsage(AttributeTargets.Interface | AttributeTargets.Class, Inherited = false)]
public sealed class InterfaceTypeAttribute : Attribute;

/// <summary>A C# interface or abstract class that is a union of the schema, of the classes of its assembly that implement
/// it.</summary>
[AttributeUsage(AttributeTargets.Interface | AttributeTargets.Class, Inherited = false)]
public sealed class UnionTypeAttribute : Attribute;

/// <summary>A parameter that is the object whose field the method is.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ParentAttribute : Attribute;

/// <summary>A parameter that comes from the services of the request. Types that the container knows do so without it.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ServiceAttribute : Attribute;

/// <summary>The caller has to be allowed: the schema's <see cref="AnnotationOptions.Authorize" /> decides before the resolver runs. On a
/// class it counts for each of its fields.</summary>
/// <param name="policy">What is asked for; null for any caller that is known.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method | AttributeTargets.Property, AllowMultiple = true)]
public sealed class AuthorizeAttribute(string? policy = null) : Attribute
{
    /// <summary>What is asked for; null for any caller that is known.</summary>
    public string? Policy { get; } = policy;
}

/// <summary>A name that does not follow from the one in C#.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class GraphQLNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}

/// <summary>Not a part of the schema.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class GraphQLIgnoreAttribute : Attribute;

/// <summary>Should no longer be used.</summary>
/// <param name="reason">Why, and what instead.</param>
[AttributeUsage(AttributeTargets.All)]
public sealed class GraphQLDeprecatedAttribute(string reason) : Attribute
{
    /// <summary>Why, and what instead.</summary>
    public string Reason { get; } = reason;
}

/// <summary>A description in place of the one of the XML documentation.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class GraphQLDescriptionAttribute(string description) : Attribute
{
    /// <summary>What it is, in Markdown.</summary>
    public string Description { get; } = description;
}

/// <summary>An input of which exactly one field has to be given.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OneOfAttribute : Attribute;

/// <summary>A value that clients see as an ID. The <c>Id</c> of an object with a <see cref="NodeResolverAttribute" /> is unique among all
/// objects: its type and its key.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Method)]
public class IDAttribute : Attribute
{
    internal virtual Type? Node => null;
}

/// <summary>The key of an object with a <see cref="NodeResolverAttribute" />. Clients see and give the id of that object; they may also give
/// the bare key.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class IDAttribute<T> : IDAttribute
{
    internal override Type? Node => typeof(T);
}

/// <summary>A public static method that finds an object by its key, the first parameter. The object then is a <c>Node</c>, and the root of
/// queries has the fields <c>node</c> and <c>nodes</c>. Not a field itself.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeResolverAttribute : Attribute;

/// <summary>How large the pages of a list may be that takes <see cref="Paging.PagingArguments" />.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UsePagingAttribute : Attribute
{
    /// <summary>How many items come if nobody says.</summary>
    public int DefaultPageSize { get; init; } = 20;

    /// <summary>How many may be asked for at once.</summary>
    public int MaxPageSize { get; init; } = 100;
}

/// <summary>What a field adds to the cost of an operation, or an argument where it is given; objects cost one each in any case.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class CostAttribute(double weight) : Attribute
{
    /// <summary>In objects.</summary>
    public double Weight { get; } = weight;
}

/// <summary>How many items a list is expected to have, for the cost of an operation. Lists that take <see cref="Paging.PagingArguments" />
/// say it by their arguments; the attribute then is for pages of which no size is asked for.</summary>
/// <param name="assumedSize">As many as there mostly are.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public sealed class ListSizeAttribute(int assumedSize) : Attribute
{
    /// <summary>As many as there mostly are.</summary>
    public int AssumedSize { get; } = assumedSize;
}

/// <summary>A public static method that loads the values of keys, all with one call: it takes the keys as an
/// <see cref="IReadOnlyList{T}" /> and gives a dictionary, or an <see cref="ILookup{TKey,TElement}" /> if a key has many values. A dictionary
/// of <see cref="DataLoaders.Result{TValue}" /> says of each key why it has no value. Resolvers take it as an
/// <see cref="DataLoaders.IDataLoader{TKey,TValue}" />; if there are several for the same types, by the name of their parameter:
/// <c>GetVideoByIdAsync</c> is <c>videoById</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataLoaderAttribute : Attribute;
