using EventPipeline.Processors.Engines.Faces;
using EventPipeline.Processors.Engines.Language.Chat;
using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Onnx;
using EventPipeline.Processors.Engines.Outside;
using EventPipeline.Processors.Engines.Speech;
using EventPipeline.Processors.Engines.Speech.Alignment;
using EventPipeline.Processors.Engines.Voice;
using EventPipeline.Processors.Hosting;
using EventPipeline.Processors.Media;
using EventPipeline.Processors.Stages;
using EventPipeline.Processors.Stages.Analyze;
using EventPipeline.Processors.Stages.Compile;
using EventPipeline.Processors.Stages.Features;
using EventPipeline.Processors.Stages.Layout;
using EventPipeline.Processors.Stages.Probe;
using EventPipeline.Processors.Stages.Select;
using EventPipeline.Processors.Stages.Storyboard;
using EventPipeline.Processors.Stages.Transcribe;
using EventPipeline.Processors.Stages.Transcript;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.Processors;

/// <summary>The module's registration: every stage and engine on one screen.</summary>
public static class Configuration
{
    /// <summary>Adds the stages and the service that runs them. Needed beside it: <c>BrokerOptions</c>, <c>Topics</c>,
    /// <c>MessageProducer</c>, <c>IObjectStore</c>, <c>TimeProvider</c>.</summary>
    public static IServiceCollection AddProcessors(this IServiceCollection services, ProcessorOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton(new Ffmpeg(options.Ffmpeg))
            .AddEngines()
            .AddSingleton<IStage, DebugEcho>()
            .AddSingleton<IStage, ProbeStage>()
            .AddSingleton<IStage, FeaturesStage>()
            .AddSingleton<IStage, LayoutStage>()
            .AddSingleton<IStage, StoryboardStage>()
            .AddSingleton<IStage, TranscribeStage>()
            .AddSingleton<IStage, TranscriptStage>()
            .AddSingleton<IStage, AnalyzeStage>()
            .AddSingleton<IStage, SelectStage>()
            .AddSingleton<IStage, CompileStage>()
            .AddSingleton<StageHost>()
            .AddHostedService(provider => provider.GetRequiredService<StageHost>());

    private static IServiceCollection AddEngines(this IServiceCollection services) =>
        services
            .AddSingleton(ModelFolders.From(Environment.GetEnvironmentVariable))
            .AddSingleton<IPackageSource, NpmPackages>()
            .AddSingleton(provider => new ModelStore(
                provider.GetRequiredService<ModelFolders>(),
                provider.GetRequiredService<IPackageSource>()
            ))
            .AddSingleton<RequiredModels>()
            .AddSingleton(provider => new OnnxPool(
                provider.GetRequiredService<ModelStore>(),
                provider.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton<SileroVoiceDetector>()
            .AddSingleton<BlazeFaceDetector>()
            .AddSingleton(_ => SpeechOptions.From(Environment.GetEnvironmentVariable))
            .AddSingleton(provider =>
                provider
                    .GetRequiredService<SpeechOptions>()
                    .Transcriber(provider.GetRequiredService<ModelStore>(), provider.GetRequiredService<OnnxPool>())
            )
            .AddSingleton<WordAligner>()
            .AddChatModel()
            .AddSingleton(provider => new OutsideEngines([
                .. new[]
                {
                    provider.GetRequiredService<ITranscriber>().Outside,
                    provider.GetService<IChatModel>()?.Outside,
                }.OfType<OutsideEngine>(),
            ]));

    private static IServiceCollection AddChatModel(this IServiceCollection services) =>
        ChatOptions.From(Environment.GetEnvironmentVariable) is { } chat
            ? services.AddSingleton<IChatModel>(new OpenAiChatModel(chat))
            : services;
}
