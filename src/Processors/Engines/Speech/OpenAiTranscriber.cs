using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Outside;
using OpenAI;
using OpenAI.Audio;

namespace EventPipeline.Processors.Engines.Speech;

/// <summary>How the speech service is reached.</summary>
/// <param name="Endpoint">Address up to and with <c>/v1</c>; null: OpenAI's own.</param>
/// <param name="Key">Sent as a bearer token; servers on one's own machines usually take any.</param>
/// <param name="Model">Name of the model at the service.</param>
public sealed record OpenAiSpeechOptions(Uri? Endpoint, string Key, string Model)
{
    /// <summary>How it is called.</summary>
    public OutsideEngineOptions Calls { get; init; } = new(TimeLimit: TimeSpan.FromMinutes(5));
}

/// <summary>Any server that answers <c>POST /audio/transcriptions</c> as OpenAI's does, with times of segments and words. A chunk is one
/// request.</summary>
public sealed class OpenAiTranscriber : ITranscriber
{
    // What OpenAI's own reference implementation uses to call a segment silence.
    private const double SilenceProbability = 0.6;
    private const double SilenceLogProbability = -1;

    private readonly OpenAiSpeechOptions options;
    private readonly AudioClient client;

    /// <summary>Nothing is sent yet.</summary>
    public OpenAiTranscriber(OpenAiSpeechOptions options)
    {
        this.options = options;
        client = new AudioClient(
            options.Model,
            new ApiKeyCredential(options.Key),
            new OpenAIClientOptions
            {
                Endpoint = options.Endpoint,
                NetworkTimeout = Timeout.InfiniteTimeSpan, // the outside engine has the limit
                RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            }
        );
        Id = $"openai/{options.Model}";
        Outside = new OutsideEngine("speech service", options.Calls);
    }

    /// <inheritdoc />
    public string Id { get; }

    /// <summary>The service knows; it is asked for the language by its first part, two letters or three.</summary>
    public bool Supports(string language) => PrimaryLanguage(language).Length is 2 or 3;

    /// <inheritdoc />
    public OutsideEngine Outside { get; }

    /// <inheritdoc />
    public Task<Recognition> TranscribeAsync(
        SpeechAudio audio,
        string language,
        CancellationToken cancellation,
        Action<string>? says = null
    ) => Outside.CallAsync(token => AskAsync(audio, language, token), says, cancellation);

    private async Task<Recognition> AskAsync(SpeechAudio audio, string language, CancellationToken cancellation)
    {
        using var wav = new MemoryStream(audio.Sound.Write());
        try
        {
            var answer = await client.TranscribeAudioAsync(
                wav,
                "speech.wav",
                new AudioTranscriptionOptions
                {
                    ResponseFormat = AudioTranscriptionFormat.Verbose,
                    TimestampGranularities = AudioTimestampGranularities.Word | AudioTimestampGranularities.Segment,
                    Language = PrimaryLanguage(language),
                    Temperature = 0,
                },
                cancellation
            );
            return Read(answer.Value, audio.Sound.Seconds);
        }
        catch (ClientResultException refused)
        {
            throw Refused(refused);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw StageException.Transient(
                "The speech service answered with something that is not a transcription; check OPENAI_BASE_URL.",
                exception
            );
        }
        catch (Exception exception) when (IsUnreachable(exception, cancellation))
        {
            throw StageException.Transient(
                "The speech service could not be reached, or did not answer in time.",
                exception
            );
        }
    }

    private static Recognition Read(AudioTranscription answer, double seconds)
    {
        var texts = new List<RecognizedText>();
        var dropped = 0;
        var words = new Queue<TimedWord>(
            answer.Words.Select(word => new TimedWord(
                word.Word,
                new TimeRange(word.StartTime.TotalSeconds, word.EndTime.TotalSeconds)
            ))
        );
        foreach (var segment in Segments(answer, seconds))
        {
            var written = segment.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var times = TimedWord.Match(written, words);
            var range = new TimeRange(
                Math.Clamp(segment.Range.Start, 0, seconds),
                Math.Clamp(segment.Range.End, 0, seconds)
            );
            if (written.Length == 0)
                continue;
            if (segment.IsSilence || range.Duration <= 0 || InventedSpeech.LoopStart(written) is not null)
                dropped++;
            else
                texts.Add(
                    new RecognizedText(
                        range,
                        [.. written.Select((word, index) => new RecognizedWord(word, segment.Confidence, times[index]))]
                    )
                );
        }
        return new Recognition(texts, dropped);
    }

    private sealed record Segment(TimeRange Range, string Text, double Confidence, bool IsSilence);

    /// <summary>Some servers send no segments; then the whole answer is one.</summary>
    private static IEnumerable<Segment> Segments(AudioTranscription answer, double seconds) =>
        answer.Segments.Count > 0
            ? answer.Segments.Select(segment => new Segment(
                new TimeRange(segment.StartTime.TotalSeconds, segment.EndTime.TotalSeconds),
                segment.Text,
                Math.Clamp(Math.Exp(segment.AverageLogProbability), 0, 1),
                segment.NoSpeechProbability > SilenceProbability
                    && segment.AverageLogProbability < SilenceLogProbability
            ))
            : [new Segment(new TimeRange(0, seconds), answer.Text ?? "", 1, false)];

    private StageException Refused(ClientResultException refused) =>
        refused.Status switch
        {
            401 or 403 => StageException.Permanent(
                "The speech service refused the key: set OPENAI_API_KEY to one that it accepts.",
                refused
            ),
            404 => StageException.Permanent(
                $"The speech service does not know the model '{options.Model}' or has no transcriptions: check OPENAI_BASE_URL and EVENTPIPELINE_TRANSCRIBER_MODEL.",
                refused
            ),
            408 or 429 => StageException.Transient(
                "The speech service is busy or the account's limit is reached.",
                refused
            ),
            >= 400 and < 500 => StageException.Permanent(
                $"The speech service refused the sound (status {refused.Status}): check that the model '{options.Model}' gives times of words (verbose_json).",
                refused
            ),
            0 => StageException.Transient("The speech service could not be reached.", refused),
            _ => StageException.Transient($"The speech service failed (status {refused.Status}).", refused),
        };

    private static bool IsUnreachable(Exception exception, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested
        && exception is HttpRequestException or IOException or TaskCanceledException or AggregateException;

    private static string PrimaryLanguage(string language) => language.Split('-')[0].ToLowerInvariant();
}
