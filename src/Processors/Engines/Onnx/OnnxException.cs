namespace EventPipeline.Processors.Engines.Onnx;

/// <summary>ONNX Runtime refused something; the message names the model and what was being done.</summary>
public sealed class OnnxException(string message) : Exception(message);
