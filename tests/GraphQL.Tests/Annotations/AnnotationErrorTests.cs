using EventPipeline.GraphQL.Annotations;

namespace EventPipeline.GraphQL.Tests.Annotations;

/// <summary>What cannot be a part of a schema is told at start, by its name in C#.</summary>
public sealed class AnnotationErrorTests
{
    private const string Here = "EventPipeline.GraphQL.Tests.Annotations.AnnotationErrorTests";

    [Fact]
    public void There_has_to_be_a_query() => Problem(typeof(NotAnnotated)).ShouldBe("No class is a [QueryType].");

    [Fact]
    public void Methods_give_something() =>
        Problem(typeof(Void)).ShouldBe($"{Here}.Void.Do gives nothing; a field needs a value.");

    [Fact]
    public void Methods_give_what_GraphQL_knows()
    {
        Problem(typeof(Unknown)).ShouldBe($"{Here}.Unknown.What gives Object, which is nothing that GraphQL knows.");
        Problem(typeof(Map)).ShouldContain($"{Here}.Map.What gives IReadOnlyDictionary`2");
        Problem(typeof(Unmarked)).ShouldContain($"{Here}.Unmarked.What gives IUnmarked, which is a C# interface: mark");
    }

    [Fact]
    public void Inputs_have_one_constructor() =>
        Problem(typeof(Inputs)).ShouldStartWith($"{Here}.TwoWays cannot be an input: it needs exactly one");

    [Fact]
    public void Services_that_the_container_does_not_know_are_told() =>
        Problem(typeof(Services))
            .ShouldBe(
                $"Parameter disposable of {Here}.Services.What is of IDisposable, which is no input: mark it with [Service] if it is a service."
            );

    [Fact]
    public void Two_members_are_not_one_field() =>
        Problem(typeof(One), typeof(Other))
            .ShouldBe($"{Here}.Other.GetNameAsync and {Here}.One.Name are both the field Query.name.");

    [Fact]
    public void Two_types_are_not_one_name() =>
        Problem(typeof(Named)).ShouldContain("is named Thing in the schema, as");

    [Fact]
    public void A_root_has_no_parent() =>
        Problem(typeof(Orphan))
            .ShouldBe($"Parameter text of {Here}.Orphan.What cannot be a [Parent]: a root has none.");

    [Fact]
    public void Somebody_has_to_decide_what_is_allowed() =>
        Problem(typeof(Guarded)).ShouldContain($"{Here}.Guarded.What has [Authorize], but");

    [Fact]
    public void What_the_specification_forbids_leads_to_the_member() =>
        Problem(typeof(Reserved))
            .ShouldBe(
                $"Name \"__what\" must not begin with \"__\", which is reserved by GraphQL introspection. Look at {Here}.Reserved.What."
            );

    private static string Problem(params Type[] types) =>
        Should.Throw<AnnotationException>(() => AnnotatedSchema.Build(types)).Message;

    public static class NotAnnotated;

    [QueryType]
    public static class Void
    {
        public static Task Do() => Task.CompletedTask;
    }

    [QueryType]
    public static class Unknown
    {
        public static object What() => 1;
    }

    [QueryType]
    public static class Map
    {
        public static IReadOnlyDictionary<string, int> What() => new Dictionary<string, int>();
    }

    public interface IUnmarked;

    [QueryType]
    public static class Unmarked
    {
        public static IUnmarked? What() => null;
    }

    public sealed class TwoWays
    {
        public TwoWays(int a) => _ = a;

        public TwoWays(string b) => _ = b;
    }

    [QueryType]
    public static class Inputs
    {
        public static int What(TwoWays input) => input.GetHashCode();
    }

    [QueryType]
    public static class Services
    {
        public static int What(IDisposable disposable) => disposable.GetHashCode();
    }

    [QueryType]
    public static class One
    {
        public static string Name() => "";
    }

    [QueryType]
    public static class Other
    {
        public static Task<string> GetNameAsync() => Task.FromResult("");
    }

    public sealed record Thing(int A);

    [GraphQLName("Thing")]
    public sealed record SecondThing(int A);

    [QueryType]
    public static class Named
    {
        public static Thing A() => new(1);

        public static SecondThing B() => new(1);
    }

    [QueryType]
    public static class Orphan
    {
        public static string What([Parent] string text) => text;
    }

    [QueryType]
    public static class Guarded
    {
        [Authorize("admin")]
        public static string What() => "";
    }

    [QueryType]
    public static class Reserved
    {
        [GraphQLName("__what")]
        public static string What() => "";
    }
}
