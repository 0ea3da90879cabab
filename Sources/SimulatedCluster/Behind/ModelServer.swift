internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore
internal import NIOFoundationCompat

/// A server of one model that speaks as much of OpenAI's protocol and of vLLM's as its clients try first. It does not think.
struct ModelServer: Sendable {
  let container: JSONValue
  let pod: JSONValue
  let traffic: ModelTraffic
  let clock: any SimulationClock

  private static let largestBody = 1 << 20
  private static let answer = "This is a simulated model: it answers, and knows nothing."

  private var uid: String { pod.uid }

  func response(to request: Request, path: String) async -> Response {
    guard let model = ServedModel(container) else {
      return path == "/" ? Response(text: "\(container.string("name"))\n") : Self.notFound
    }
    let isGet = request.method == .get || request.method == .head
    switch path {
    case "/health", "/ping":
      return isGet ? Response(ByteBuffer(), type: "text/plain") : Self.notAllowed
    case "/version": return isGet ? Response(["version": "0.9.2"]) : Self.notAllowed
    case "/v1/models": return isGet ? Response(list(model)) : Self.notAllowed
    case "/metrics":
      return isGet ? Response(text: metrics(model)) : Self.notAllowed
    case "/v1/chat/completions", "/v1/completions":
      guard request.method == .post else { return Self.notAllowed }
      return await completion(request, model, isChat: path.hasPrefix("/v1/chat"))
    default: return Self.notFound
    }
  }

  // MARK: What it is

  private func list(_ model: ServedModel) -> JSONValue {
    let created = Timestamp.parse(pod.string("metadata", "creationTimestamp"))
    return [
      "object": "list",
      "data": .array(
        model.names.map { name in
          [
            "id": .string(name), "object": "model",
            "created": .integer(Int64(created?.timeIntervalSince1970 ?? 0)), "owned_by": "vllm",
            "root": .string(model.root), "parent": .null, "max_model_len": 8192,
          ]
        }),
    ]
  }

  private func metrics(_ model: ServedModel) -> String {
    let counts = traffic.of(uid)
    let label = "{engine=\"0\",model_name=\"\(model.names[0])\"}"
    let values: [(String, String, Int)] = [
      ("num_requests_running", "gauge", counts.running), ("num_requests_waiting", "gauge", 0),
      ("kv_cache_usage_perc", "gauge", 0), ("prompt_tokens_total", "counter", counts.promptTokens),
      ("generation_tokens_total", "counter", counts.generatedTokens),
      ("request_success_total", "counter", counts.finished),
    ]
    return values.map { name, type, value in
      "# TYPE vllm:\(name) \(type)\nvllm:\(name)\(label) \(value).0\n"
    }.joined()
  }

  // MARK: Completions

  private func completion(
    _ request: Request, _ model: ServedModel, isChat: Bool
  ) async -> Response {
    guard let buffer = try? await request.body.collect(upTo: Self.largestBody),
      let body = try? JSONValue(parsing: Data(buffer: buffer)), body.objectValue != nil
    else { return Self.error(400, "BadRequestError", "the body is no JSON object") }
    let wanted = body.string("model")
    guard wanted.isEmpty || model.names.contains(wanted) else {
      return Self.error(404, "NotFoundError", "The model `\(wanted)` does not exist.")
    }
    let prompt = isChat ? body["messages"] : body["prompt"]
    guard let prompt, !prompt.isNull, prompt.arrayValue?.isEmpty != true else {
      let field = isChat ? "messages" : "prompt"
      return Self.error(400, "BadRequestError", "the field '\(field)' is required")
    }
    let limit = (body.integer("max_tokens") ?? body.integer("max_completion_tokens")).map(Int.init)
    let words = Self.answer.split(separator: " ").map(String.init)
    let told = Array(words.prefix(max(1, limit ?? words.count)))
    let completion = Completion(
      model: wanted.isEmpty ? model.names[0] : wanted, isChat: isChat, words: told,
      isWhole: told.count == words.count,
      promptTokens: prompt.jsonText.split(whereSeparator: \.isWhitespace).count,
      created: clock.date)
    guard body["stream"]?.boolValue == true else {
      traffic.began(uid)
      traffic.ended(uid, prompt: completion.promptTokens, generated: told.count)
      return Response(completion.json)
    }
    return stream(completion)
  }

  /// Word by word, as server-sent events.
  private func stream(_ completion: Completion) -> Response {
    let pause = clock.scaled(.milliseconds(50))
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream; charset=utf-8"],
      body: ResponseBody { [traffic, uid] writer in
        traffic.began(uid)
        defer {
          traffic.ended(
            uid, prompt: completion.promptTokens, generated: completion.words.count)
        }
        for chunk in completion.chunks {
          try await writer.write(ByteBuffer(string: "data: \(chunk.jsonText)\n\n"))
          try await Task.sleep(for: pause)
        }
        try await writer.write(ByteBuffer(string: "data: [DONE]\n\n"))
        try await writer.finish(nil)
      })
  }

  private static func error(_ code: Int, _ type: String, _ text: String) -> Response {
    Response(
      [
        "object": "error", "message": .string(text), "type": .string(type), "param": .null,
        "code": .integer(Int64(code)),
      ], status: .init(code: code))
  }

  private static var notFound: Response { Response(["detail": "Not Found"], status: .notFound) }
  private static var notAllowed: Response {
    Response(["detail": "Method Not Allowed"], status: .methodNotAllowed)
  }
}

/// One answer, whole or in pieces.
private struct Completion: Sendable {
  var model: String
  var isChat: Bool
  var words: [String]
  /// Not cut by a limit of tokens.
  var isWhole: Bool
  var promptTokens: Int
  var created: Date

  private var reason: JSONValue { isWhole ? "stop" : "length" }

  private func envelope(_ kind: String, _ choice: JSONValue) -> JSONValue {
    let seconds = Int64(created.timeIntervalSince1970)
    return [
      "id": .string("\(isChat ? "chatcmpl" : "cmpl")-\(seconds)"), "object": .string(kind),
      "created": .integer(seconds), "model": .string(model), "choices": [choice],
    ]
  }

  var json: JSONValue {
    let text = JSONValue.string(words.joined(separator: " "))
    var choice: JSONValue = ["index": 0, "finish_reason": reason]
    if isChat {
      choice["message"] = ["role": "assistant", "content": text]
    } else {
      choice["text"] = text
    }
    var answer = envelope(isChat ? "chat.completion" : "text_completion", choice)
    answer["usage"] = [
      "prompt_tokens": .integer(Int64(promptTokens)),
      "completion_tokens": .integer(Int64(words.count)),
      "total_tokens": .integer(Int64(promptTokens + words.count)),
    ]
    return answer
  }

  var chunks: [JSONValue] {
    words.enumerated().map { index, word in
      let isLast = index == words.count - 1
      let text = JSONValue.string(isLast ? word : word + " ")
      var choice: JSONValue = ["index": 0, "finish_reason": isLast ? reason : .null]
      if isChat {
        choice["delta"] = index == 0 ? ["role": "assistant", "content": text] : ["content": text]
      } else {
        choice["text"] = text
      }
      return envelope(isChat ? "chat.completion.chunk" : "text_completion", choice)
    }
  }
}
