namespace EventPipeline.GraphQL.Types;

/// <summary>A type of which fields are selected: an object, an interface or a union.</summary>
public abstract class CompositeType(string name, string? description) : NamedType(name, description);

/// <summary>A type with fields: an object or an interface. What it consists of is asked for when the schema is made, so that types can name
/// each other.</summary>
public abstract class FieldsType : CompositeType
{
    private readonly Func<IEnumerable<NamedType>> declareInterfaces;
    private readonly Func<IEnumerable<Field>> declareFields;
    private MemberList<Field>? fields;
    private IReadOnlyList<NamedType>? declaredInterfaces;
    private IReadOnlyList<InterfaceType>? interfaces;

    private protected FieldsType(
        string name,
        string? description,
        Func<IEnumerable<Field>> fields,
        Func<IEnumerable<NamedType>>? interfaces
    )
        : base(name, description)
    {
        declareFields = fields;
        declareInterfaces = interfaces ?? (() => []);
    }

    /// <summary>Its fields, without those that every type has.</summary>
    public MemberList<Field> Fields =>
        fields ??= new MemberList<Field>(Name, declareFields().Select(declared => declared.Of(this)));

    /// <summary>What it implements.</summary>
    public IReadOnlyList<InterfaceType> Interfaces => interfaces ??= [.. DeclaredInterfaces.OfType<InterfaceType>()];

    /// <summary>What it says that it implements; only schema validation knows that these are interfaces.</summary>
    internal IReadOnlyList<NamedType> DeclaredInterfaces => declaredInterfaces ??= [.. declareInterfaces()];
}

/// <summary>An object.</summary>
public sealed class ObjectType(
    string name,
    Func<IEnumerable<Field>> fields,
    Func<IEnumerable<NamedType>>? interfaces = null,
    string? description = null
) : FieldsType(name, description, fields, interfaces)
{
    /// <summary>The type of its values in C#, by which they are told apart where the schema says only an interface or a union.</summary>
    public Type? BoundTo { get; init; }
}

/// <summary>An interface.</summary>
public sealed class InterfaceType(
    string name,
    Func<IEnumerable<Field>> fields,
    Func<IEnumerable<NamedType>>? interfaces = null,
    string? description = null
) : FieldsType(name, description, fields, interfaces);

/// <summary>One of several objects.</summary>
public sealed class UnionType(string name, Func<IEnumerable<NamedType>> types, string? description = null)
    : CompositeType(name, description)
{
    private IReadOnlyList<NamedType>? declaredTypes;
    private IReadOnlyList<ObjectType>? objects;

    /// <summary>The objects.</summary>
    public IReadOnlyList<ObjectType> Types => objects ??= [.. DeclaredTypes.OfType<ObjectType>()];

    /// <summary>What it says that it includes; only schema validation knows that these are objects.</summary>
    internal IReadOnlyList<NamedType> DeclaredTypes => declaredTypes ??= [.. types()];
}
