using System.Linq.Expressions;
using System.Reflection;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Nodes;
using EventPipeline.GraphQL.Paging;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>Compiles properties and methods of C# to resolvers: nothing is reflected while a schema is asked, and values that are there at
/// once come without a task.</summary>
internal sealed class Resolvers(AnnotationOptions options, Loaders loaders, NodeResolvers nodes)
{
    private static readonly ParameterExpression Context = Expression.Parameter(typeof(IFieldContext), "context");
    private static readonly Expression Source = Expression.Property(Context, nameof(IFieldContext.Source));

    private readonly InputReaders inputs = new(options);

    /// <summary>Whether clients give the value of a parameter.</summary>
    public bool IsArgument(ParameterInfo parameter) => Provided(parameter, Context) is null;

    public FieldResolver OfProperty(PropertyInfo property)
    {
        Expression value = Expression.Property(Expression.Convert(Source, property.ReflectedType!), property);
        var node = property.Id() is { } id ? id.Node ?? nodes.Of(property) : null;
        if (node is not null && !nodes.Has(node))
            throw new AnnotationException(property, $"is the id of {node.Name}, which has no [NodeResolver].");
        if (node is not null)
            value = Expression.Call(
                typeof(NodeId),
                nameof(NodeId.Write),
                [value.Type],
                value,
                Expression.Constant(Naming.OfType(node))
            );
        return Guard(Compile(Finish(value)), property);
    }

    /// <summary>The fields that find any object by its id.</summary>
    public IReadOnlyList<Field> OfNodes() => nodes.Fields(OfNode);

    private Func<IFieldContext, object, object?> OfNode(MethodInfo method)
    {
        var id = Expression.Parameter(typeof(object), "id");
        var parameters = method.GetParameters();
        var key = inputs.Read(id, parameters[0].ParameterType, new IDAttribute());
        var call = Expression.Call(method, parameters.Skip(1).Select(ValueOf).Prepend(key));
        var find = Expression.Lambda<Func<IFieldContext, object, object?>>(Finish(call), Context, id).Compile();
        return Policies(method) is { Length: > 0 } policies
            ? (context, text) => Guarded(context, policies, inner => find(inner, text))
            : find;
    }

    /// <param name="extended">The type whose field the method is; null for roots.</param>
    public FieldResolver OfMethod(MethodInfo method, Type? extended)
    {
        foreach (var parent in method.GetParameters().Where(IsParent))
        {
            if (extended is null || !extended.IsAssignableTo(parent.ParameterType))
                throw new AnnotationException(
                    parent,
                    extended is null
                        ? "cannot be a [Parent]: a root has none."
                        : $"cannot be the [Parent]: that is a {extended.Name}."
                );
        }
        return Guard(Compile(Finish(Call(method))), method);
    }

    public SubscriptionResolver OfSubscription(MethodInfo method)
    {
        var item = method.ReturnType.GetGenericArguments()[0];
        var events = Expression.Call(typeof(Resolvers), nameof(Events), [item], Call(method));
        var subscribe = Expression.Lambda<SubscriptionResolver>(events, Context).Compile();
        return Policies(method) is { Length: > 0 } policies
            ? context => AuthorizedEvents(context, policies, subscribe)
            : subscribe;
    }

    private MethodCallExpression Call(MethodInfo method) =>
        Expression.Call(method, method.GetParameters().Select(ValueOf));

    private Expression ValueOf(ParameterInfo parameter) =>
        Provided(parameter, Context)
        ?? inputs.Read(
            Expression.Call(
                Context,
                nameof(IFieldContext.Argument),
                null,
                Expression.Constant(Naming.OfParameter(parameter))
            ),
            parameter.ParameterType,
            parameter.Id()
        );

    /// <summary>The value of a parameter that does not come from the client; null if it does.</summary>
    /// <param name="context">Of the field, or of the request where there is no field.</param>
    private Expression? Provided(ParameterInfo parameter, Expression context)
    {
        var type = parameter.ParameterType;
        if (IsParent(parameter))
            return Expression.Convert(Source, type);
        if (type == typeof(CancellationToken))
            return Expression.Property(context, typeof(IRequestContext), nameof(IRequestContext.Cancellation));
        if (type.IsAssignableFrom(context.Type) && type != typeof(object))
            return context;
        if (type == typeof(IServiceProvider))
            return Expression.Property(context, typeof(IRequestContext), nameof(IRequestContext.Services));
        if (type == typeof(PagingArguments))
            return Paging(parameter);
        if (loaders.For(parameter, context, Provided) is { } loader)
            return loader;
        return parameter.IsDefined(typeof(ServiceAttribute)) || options.IsService(type)
            ? Expression.Call(typeof(Resolvers), nameof(Service), [type], context)
            : null;
    }

    private MethodCallExpression Paging(ParameterInfo parameter)
    {
        if (options.Cursors is null)
            throw new AnnotationException(
                parameter,
                "asks for pages, but the schema was given nothing that makes cursors."
            );
        var sizes = parameter.Member.GetCustomAttribute<UsePagingAttribute>() ?? new UsePagingAttribute();
        return Expression.Call(
            typeof(PagingArguments),
            nameof(PagingArguments.Of),
            null,
            Context,
            Expression.Constant(options.Cursors),
            Expression.Constant(sizes.DefaultPageSize),
            Expression.Constant(sizes.MaxPageSize)
        );
    }

    private static bool IsParent(ParameterInfo parameter) => parameter.IsDefined(typeof(ParentAttribute));

    /// <summary>A value as an object; that of a task that has ended without the task.</summary>
    private static Expression Finish(Expression value)
    {
        var generic = value.Type.IsGenericType ? value.Type.GetGenericTypeDefinition() : null;
        return generic == typeof(Task<>) || generic == typeof(ValueTask<>)
            ? Expression.Call(typeof(Resolvers), nameof(Unwrap), value.Type.GetGenericArguments(), value)
            : Expression.Convert(value, typeof(object));
    }

    private static FieldResolver Compile(Expression body) => Expression.Lambda<FieldResolver>(body, Context).Compile();

    private AuthorizeAttribute[] Policies(MemberInfo member)
    {
        AuthorizeAttribute[] policies =
        [
            .. member.DeclaringType!.GetCustomAttributes<AuthorizeAttribute>(),
            .. member.GetCustomAttributes<AuthorizeAttribute>(),
        ];
        return policies.Length == 0 || options.Authorize is not null
            ? policies
            : throw new AnnotationException(member, "has [Authorize], but the schema was given nothing that decides.");
    }

    private FieldResolver Guard(FieldResolver resolver, MemberInfo member) =>
        Policies(member) is { Length: > 0 } policies ? context => Guarded(context, policies, resolver) : resolver;

    private object? Guarded(IFieldContext context, AuthorizeAttribute[] policies, FieldResolver resolver)
    {
        var allowed = AreAllowedAsync(context, policies);
        if (allowed.IsCompletedSuccessfully)
            return Allowed(allowed.Result, resolver, context);
        return LaterAsync(allowed, resolver, context);
    }

    private static object? Allowed(bool isAllowed, FieldResolver resolver, IFieldContext context) =>
        isAllowed ? resolver(context) : throw NotAllowed();

    private static async Task<object?> LaterAsync(
        ValueTask<bool> allowed,
        FieldResolver resolver,
        IFieldContext context
    ) => await ResolvedValue.WaitAsync(Allowed(await allowed, resolver, context));

    private async ValueTask<bool> AreAllowedAsync(IFieldContext context, AuthorizeAttribute[] policies)
    {
        foreach (var policy in policies)
        {
            if (!await options.Authorize!(context, policy.Policy))
                return false;
        }
        return true;
    }

    private async IAsyncEnumerable<object?> AuthorizedEvents(
        IFieldContext context,
        AuthorizeAttribute[] policies,
        SubscriptionResolver subscribe
    )
    {
        if (!await AreAllowedAsync(context, policies))
            throw NotAllowed();
        await foreach (var one in subscribe(context))
            yield return one;
    }

    private static GraphQLException NotAllowed() =>
        new("The caller is not allowed to do this.")
        {
            Extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = "NOT_ALLOWED" },
        };

    private static T Service<T>(IRequestContext context) =>
        (T?)context.Services?.GetService(typeof(T))
        ?? throw new InvalidOperationException($"The services of the request have no {typeof(T)}.");

    private static object? Unwrap<T>(Task<T> task) =>
        task.IsCompletedSuccessfully ? Unwrap(new ValueTask<T>(task)) : task;

    private static object? Unwrap<T>(ValueTask<T> task)
    {
        if (task.IsCompletedSuccessfully)
            return task.Result;
        return task.AsTask();
    }

    private static IAsyncEnumerable<object?> Events<T>(IAsyncEnumerable<T> events) =>
        events as IAsyncEnumerable<object?> ?? ResolvedValue.Sequence(events)!;
}
