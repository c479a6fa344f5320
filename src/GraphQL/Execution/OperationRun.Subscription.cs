namespace EventPipeline.GraphQL.Execution;

/// <summary>Where the events of a subscription come from.</summary>
internal sealed partial class OperationRun
{
    private FieldContext? subscribed;

    /// <summary>Asks the one field that a subscription selects for its events.</summary>
    /// <returns>The events, or why there are none.</returns>
    public (IAsyncEnumerable<object?>? Events, GraphQLError? Error) Subscribe()
    {
        var node = operation.Operation;
        if (Schema.Subscription is not { } root)
        {
            const string problem = "Schema is not configured to execute subscription operation.";
            return (null, GraphQLError.At(problem, node.Location));
        }
        try
        {
            if (operation.Root(root, Collector).Groups is not [var group])
                return (null, GraphQLError.At("A subscription selects exactly one field.", node.Location));
            var path = new ResponsePath(null, group.ResponseName);
            subscribed = new FieldContext(this, group, root, request.Root, path);
            return SubscribeTo(subscribed);
        }
        catch (LocatedErrorException located)
        {
            return (null, located.Error);
        }
    }

    /// <summary>What the client may see of an exception of the events.</summary>
    public GraphQLError ErrorOf(Exception exception) => ErrorOf(exception, subscribed!, subscribed!.Path);

    private (IAsyncEnumerable<object?>? Events, GraphQLError? Error) SubscribeTo(FieldContext context)
    {
        try
        {
            context.ReadArguments();
            var subscribe =
                context.Field.Subscribe
                ?? options.Subscribe
                ?? throw new InvalidOperationException($"{context.Field} does not say where its events come from.");
            return (subscribe(context), null);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            return (null, ErrorOf(exception, context, context.Path));
        }
    }
}
