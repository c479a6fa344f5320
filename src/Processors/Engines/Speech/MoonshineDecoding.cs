using System.Numerics;
using EventPipeline.Processors.Engines.Onnx;

namespace EventPipeline.Processors.Engines.Speech;

/// <summary>What one piece of sound was decoded to.</summary>
/// <param name="Tokens">Ids with their probabilities.</param>
/// <param name="Invented">Something was thrown away.</param>
internal sealed record DecodedPiece(IReadOnlyList<(int Id, float Probability)> Tokens, bool Invented);

/// <summary>Greedy decoding: at each step the most likely next token, with the attention of earlier steps kept in tensors that go
/// from one run's outputs to the next run's inputs without a copy. Shapes and names are those of the package's own
/// <c>model.ts</c>.</summary>
internal sealed class MoonshineDecoding(MoonshineModel model, OnnxSession encoder, OnnxSession decoder)
{
    private const int Begin = 1;
    private const int End = 2;

    private static readonly string[] EncoderOutputs = ["last_hidden_state"];

    /// <summary>Decodes a piece; the thread that calls does all the work.</summary>
    public DecodedPiece Run(ReadOnlySpan<short> samples, CancellationToken cancellation)
    {
        using var hidden = Encode(samples);
        using var cache = new Cache(model, decoder.Runtime, hidden);
        var most = InventedSpeech.MostTokens((double)samples.Length / WavSound.SampleRate);
        var tokens = new List<(int Id, float Probability)>();
        var token = Begin;
        for (var step = 0; step < most; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var logits = cache.Step(decoder, token);
            (token, var probability) = Best(logits.Values<float>());
            if (token == End)
                return new DecodedPiece(tokens, Invented: false);
            tokens.Add((token, probability));
            if (InventedSpeech.LoopStart([.. tokens.TakeLast(64).Select(one => one.Id)]) is { } loop)
                return new DecodedPiece(tokens[..(tokens.Count - Math.Min(tokens.Count, 64) + loop)], Invented: true);
        }
        // It would go on for ever: there is no telling what of it was said.
        return new DecodedPiece([], Invented: true);
    }

    private OnnxTensor Encode(ReadOnlySpan<short> samples)
    {
        using var input = encoder.Runtime.Tensor<float>(1, samples.Length);
        var values = input.Values<float>();
        for (var i = 0; i < samples.Length; i++)
            values[i] = samples[i] / 32768f;
        return encoder.Run([("input_values", input)], EncoderOutputs)[0];
    }

    /// <summary>The most likely id, and its probability (softmax).</summary>
    private static (int Id, float Probability) Best(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best])
                best = i;
        var largest = new Vector<float>(logits[best]);
        var sum = Vector<float>.Zero;
        var at = 0;
        for (; at <= logits.Length - Vector<float>.Count; at += Vector<float>.Count)
            sum += Vector.Exp(new Vector<float>(logits[at..]) - largest);
        var total = Vector.Sum(sum);
        for (; at < logits.Length; at++)
            total += MathF.Exp(logits[at] - logits[best]);
        return (best, 1 / total);
    }

    /// <summary>The tensors that pass from step to step.</summary>
    private sealed class Cache : IDisposable
    {
        private readonly OnnxTensor hidden;
        private readonly OnnxRuntime runtime;
        private readonly NativeNames inputs;
        private readonly NativeNames firstOutputs;
        private readonly NativeNames laterOutputs;
        private readonly OnnxTensor[] past;
        private bool isFirst = true;

        public Cache(MoonshineModel model, OnnxRuntime runtime, OnnxTensor hidden)
        {
            this.runtime = runtime;
            this.hidden = hidden;
            var tensors = Enumerable
                .Range(0, model.Layers)
                .SelectMany(layer =>
                    new[] { "decoder.key", "decoder.value", "encoder.key", "encoder.value" }.Select(part =>
                        $"{layer}.{part}"
                    )
                )
                .ToArray();
            inputs = new NativeNames([
                "input_ids",
                "encoder_hidden_states",
                "use_cache_branch",
                .. tensors.Select(name => $"past_key_values.{name}"),
            ]);
            firstOutputs = new NativeNames(["logits", .. tensors.Select(name => $"present.{name}")]);
            laterOutputs = new NativeNames([
                "logits",
                .. tensors.Where((_, index) => IsDecoder(index)).Select(name => $"present.{name}"),
            ]);
            past = [.. tensors.Select(_ => runtime.Tensor<float>([], 0, model.Heads, 1, model.HeadSize))];
        }

        /// <summary>Feeds one token and returns the scores of what may come next.</summary>
        public OnnxTensor Step(OnnxSession decoder, int token)
        {
            using var id = runtime.Tensor<long>([token], 1, 1);
            using var useCache = runtime.Tensor<bool>([!isFirst], 1);
            var results = decoder.Run(inputs, [id, hidden, useCache, .. past], isFirst ? firstOutputs : laterOutputs);
            var next = 1;
            for (var i = 0; i < past.Length; i++)
                // What the decoder looks up in the sound does not change after the first step.
                if (isFirst || IsDecoder(i))
                {
                    past[i].Dispose();
                    past[i] = results[next++];
                }
            isFirst = false;
            return results[0];
        }

        public void Dispose()
        {
            foreach (var tensor in past)
                tensor.Dispose();
            inputs.Dispose();
            firstOutputs.Dispose();
            laterOutputs.Dispose();
        }

        private static bool IsDecoder(int index) => index % 4 < 2;
    }
}
