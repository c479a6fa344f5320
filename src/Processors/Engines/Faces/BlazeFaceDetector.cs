using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Onnx;

namespace EventPipeline.Processors.Engines.Faces;

/// <summary>Finds faces with the BlazeFace model for any distance ("back"): about 9 ms a picture. It saw no profiles and no crowds
/// when it was measured.</summary>
public sealed class BlazeFaceDetector(OnnxPool pool)
{
    private static readonly string[] Outputs = ["Identity:0", "Identity_1:0", "Identity_2:0", "Identity_3:0"];

    /// <summary>Engine and model, as they are recorded.</summary>
    public static string Id => ModelCatalogue.BlazeFaceBack;

    /// <summary>All files it needs.</summary>
    public static IReadOnlyCollection<string> Models { get; } =
    [ModelCatalogue.OnnxRuntime, ModelCatalogue.BlazeFaceBack];

    /// <summary>Finds the faces of a picture, the clearest first.</summary>
    /// <exception cref="ModelException">The model cannot be had.</exception>
    public async Task<IReadOnlyList<DetectedFace>> DetectAsync(FacePicture picture, CancellationToken cancellation)
    {
        using var lease = await pool.RentAsync([ModelCatalogue.BlazeFaceBack], cancellation);
        var session = lease.Sessions[0];
        using var input = session.Runtime.Tensor<float>(1, Letterbox.Side, Letterbox.Side, 3);
        var letterbox = Letterbox.Of(picture.Width, picture.Height);
        letterbox.Draw(picture, input.Values<float>());
        var outputs = session.Run([("input:0", input)], Outputs);
        try
        {
            return BlazeFaceDecoder.Decode(
                letterbox,
                [
                    .. BlazeFaceDecoder.Boxes(
                        outputs[0].Values<float>(),
                        outputs[2].Values<float>(),
                        cells: 16,
                        each: 2
                    ),
                    .. BlazeFaceDecoder.Boxes(
                        outputs[1].Values<float>(),
                        outputs[3].Values<float>(),
                        cells: 8,
                        each: 6
                    ),
                ]
            );
        }
        finally
        {
            foreach (var output in outputs)
                output.Dispose();
        }
    }
}
