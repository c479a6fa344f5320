using System.Linq.Expressions;
using System.Reflection;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Annotations;

/// <summary>The methods that are marked as loaders.</summary>
internal sealed class Loaders
{
    private static readonly ParameterExpression Context = Expression.Parameter(typeof(IRequestContext), "context");

    private readonly List<Loader> all = [];

    private sealed record Loader(MethodInfo Method, string Name, Type Type)
    {
        public object? Definition { get; set; }
    }

    public Loaders(IEnumerable<Type> classes)
    {
        foreach (var method in classes.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static)))
        {
            if (method.IsDefined(typeof(DataLoaderAttribute)))
                all.Add(new Loader(method, Naming.OfField(method), TypeOf(method)));
        }
    }

    /// <summary>The loader that a parameter wants, as an expression.</summary>
    /// <param name="context">The context of the request.</param>
    /// <param name="provided">Finds the values of parameters that nobody gives; null for a parameter that has none.</param>
    /// <returns>Null if the parameter is no loader.</returns>
    public Expression? For(
        ParameterInfo parameter,
        Expression context,
        Func<ParameterInfo, Expression, Expression?> provided
    )
    {
        var type = parameter.ParameterType;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IDataLoader<,>))
            return null;
        var fitting = all.Where(loader => loader.Type == type).ToArray();
        if (fitting.Length > 1)
            fitting = [.. fitting.Where(loader => loader.Name == parameter.Name)];
        if (fitting is not [var one])
            throw new AnnotationException(
                parameter,
                "has no [DataLoader] of its types, or none of its name among several."
            );
        one.Definition ??= Define(one, provided);
        return Expression.Call(
            Expression.Property(context, typeof(IRequestContext), nameof(IRequestContext.Loaders)),
            nameof(DataLoaderScope.Get),
            type.GetGenericArguments(),
            Expression.Constant(one.Definition)
        );
    }

    private static Type TypeOf(MethodInfo method)
    {
        var (key, value, _) = ShapeOf(method);
        return typeof(IDataLoader<,>).MakeGenericType(key, value);
    }

    /// <summary>The types of keys and values, and the method below that understands the result.</summary>
    private static (Type Key, Type Value, string Adapter) ShapeOf(MethodInfo method)
    {
        var keys = method.GetParameters().FirstOrDefault()?.ParameterType;
        if (keys is not { IsGenericType: true } || keys.GetGenericTypeDefinition() != typeof(IReadOnlyList<>))
            throw new AnnotationException(
                method,
                "is a [DataLoader], so its first parameter has to be an IReadOnlyList of keys."
            );
        var task = method.ReturnType;
        if (!task.IsGenericType || task.GetGenericTypeDefinition() != typeof(Task<>))
            throw new AnnotationException(method, "is a [DataLoader], so it has to give a Task.");
        var key = keys.GetGenericArguments()[0];
        foreach (var type in task.GetGenericArguments()[0].GetInterfaces().Prepend(task.GetGenericArguments()[0]))
        {
            if (!type.IsGenericType || type.GetGenericArguments()[0] != key)
                continue;
            var found = type.GetGenericArguments()[^1];
            if (type.GetGenericTypeDefinition() == typeof(ILookup<,>))
                return (key, found.MakeArrayType(), nameof(OfGroupsAsync));
            if (type.GetGenericTypeDefinition() != typeof(IReadOnlyDictionary<,>))
                continue;
            return found.IsGenericType && found.GetGenericTypeDefinition() == typeof(Result<>)
                ? (key, found.GetGenericArguments()[0], nameof(OfResultsAsync))
                : (key, found, nameof(OfValuesAsync));
        }
        throw new AnnotationException(
            method,
            "is a [DataLoader], so it has to give a dictionary or a lookup by the type of its keys."
        );
    }

    private static object Define(Loader loader, Func<ParameterInfo, Expression, Expression?> provided)
    {
        var (key, value, adapter) = ShapeOf(loader.Method);
        var keys = Expression.Parameter(typeof(IReadOnlyList<>).MakeGenericType(key));
        var further = loader
            .Method.GetParameters()
            .Skip(1)
            .Select(parameter =>
                provided(parameter, Context)
                ?? throw new AnnotationException(parameter, "is nothing that a [DataLoader] can be given.")
            );
        var call = Expression.Call(loader.Method, further.Prepend(keys));
        var element = adapter == nameof(OfGroupsAsync) ? value.GetElementType()! : value;
        var function = Expression.Lambda(
            typeof(BatchFunction<,>).MakeGenericType(key, value),
            Expression.Call(
                typeof(Loaders),
                adapter,
                [loader.Method.ReturnType.GetGenericArguments()[0], key, element],
                call
            ),
            keys,
            Context
        );
        return Activator.CreateInstance(
            typeof(DataLoaderDefinition<,>).MakeGenericType(key, value),
            function.Compile()
        )!;
    }

    private static async Task<Func<TKey, Result<TValue>>> OfValuesAsync<TFound, TKey, TValue>(Task<TFound> task)
        where TFound : IReadOnlyDictionary<TKey, TValue>
        where TKey : notnull
    {
        var found = await task;
        return key => found.TryGetValue(key, out var value) ? value : default;
    }

    private static async Task<Func<TKey, Result<TValue>>> OfResultsAsync<TFound, TKey, TValue>(Task<TFound> task)
        where TFound : IReadOnlyDictionary<TKey, Result<TValue>>
        where TKey : notnull
    {
        var found = await task;
        return key => found.TryGetValue(key, out var value) ? value : default;
    }

    private static async Task<Func<TKey, Result<TValue[]>>> OfGroupsAsync<TFound, TKey, TValue>(Task<TFound> task)
        where TFound : ILookup<TKey, TValue>
        where TKey : notnull
    {
        var found = await task;
        return key => found[key].ToArray();
    }
}
