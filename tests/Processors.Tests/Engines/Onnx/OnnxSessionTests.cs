using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Onnx;

namespace EventPipeline.Processors.Tests.Engines.Onnx;

/// <summary>Against the real library and real models: the places in its function table cannot be checked otherwise.</summary>
[Collection(SpeechModels.Name)]
public sealed class OnnxSessionTests(LocalModels models)
{
    private static readonly string[] Outputs = ["output", "stateN"];

    [Fact]
    public async Task A_model_runs_and_its_output_can_be_its_next_input()
    {
        var session = await SileroAsync();
        using var rate = session.Runtime.Tensor<long>([16_000], []);
        using var sound = session.Runtime.Tensor<float>(new float[576], 1, 576);
        using var state = session.Runtime.Tensor<float>(new float[256], 2, 1, 128);

        var first = session.Run([("input", sound), ("state", state), ("sr", rate)], Outputs);
        var second = session.Run([("input", sound), ("state", first[1]), ("sr", rate)], Outputs);

        first[0].Shape.ShouldBe([1, 1]);
        first[1].Shape.ShouldBe([2, 1, 128]);
        first[0].Values<float>()[0].ShouldBeInRange(0, 0.2f, "digital silence is no voice");
        second[0].Values<float>()[0].ShouldNotBe(first[0].Values<float>()[0], "the state went in");
        foreach (var tensor in first.Concat(second))
            tensor.Dispose();
    }

    [Fact]
    public async Task Runs_of_one_session_may_overlap()
    {
        var session = await SileroAsync();
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(seed =>
                    Task.Run(() =>
                    {
                        var probabilities = new List<float>();
                        for (var run = 0; run < 50; run++)
                        {
                            using var rate = session.Runtime.Tensor<long>([16_000], []);
                            using var sound = session.Runtime.Tensor<float>(Noise(seed % 2), 1, 576);
                            using var state = session.Runtime.Tensor<float>(new float[256], 2, 1, 128);
                            var outputs = session.Run([("input", sound), ("state", state), ("sr", rate)], Outputs);
                            probabilities.Add(outputs[0].Values<float>()[0]);
                            outputs[0].Dispose();
                            outputs[1].Dispose();
                        }
                        return probabilities.Distinct().ShouldHaveSingleItem();
                    })
                )
        );
        results.Where((_, seed) => seed % 2 == 0).Distinct().Count().ShouldBe(1);
        results.Where((_, seed) => seed % 2 == 1).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_wrong_input_is_an_error_that_names_the_model()
    {
        var session = await SileroAsync();
        using var sound = session.Runtime.Tensor<float>(new float[576], 1, 576);
        Should
            .Throw<OnnxException>(() => session.Run([("sound", sound)], Outputs))
            .Message.ShouldContain(ModelCatalogue.SileroVoice);
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_an_error_that_names_the_model()
    {
        var session = await SileroAsync();
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "not a model");
            Should
                .Throw<OnnxException>(() => new OnnxSession(session.Runtime, path, "some-model"))
                .Message.ShouldContain("some-model");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_tensor_is_what_was_put_in_and_no_other_type()
    {
        var runtime = (await SileroAsync()).Runtime;
        using var numbers = runtime.Tensor<long>([1, 2, 3, 4], 2, 2);
        numbers.Values<long>().ToArray().ShouldBe([1, 2, 3, 4]);
        Should.Throw<InvalidOperationException>(() => numbers.Values<float>().Length);
        Should.Throw<ArgumentException>(() => runtime.Tensor<bool>([true], 2));
        using var empty = runtime.Tensor<float>([], 0, 8, 1, 52);
        empty.Values<float>().Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_disposed_tensor_cannot_be_used()
    {
        var runtime = (await SileroAsync()).Runtime;
        var tensor = runtime.Tensor<float>([1f], 1);
        tensor.Dispose();
        tensor.Dispose();
        Should.Throw<ObjectDisposedException>(() => tensor.Values<float>().Length);
    }

    private async Task<OnnxSession> SileroAsync()
    {
        await models.RequireAsync(ModelCatalogue.SileroVoice);
        using var lease = await models.Pool.RentAsync(
            [ModelCatalogue.SileroVoice],
            TestContext.Current.CancellationToken
        );
        return lease.Sessions[0];
    }

    private static float[] Noise(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 576).Select(_ => random.NextSingle() - 0.5f)];
    }
}
