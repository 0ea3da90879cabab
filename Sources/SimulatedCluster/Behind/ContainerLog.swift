internal import FoundationEssentials
internal import Kubernetes

/// One run of a container, as its status tells it.
struct ContainerRun: Sendable, Equatable {
  var id: String
  var started: Date
  /// `nil` while it runs.
  var ended: Date?
  var exitCode: Int64 = 0

  /// What runs, or ran last; `nil` where nothing has.
  static func current(_ status: JSONValue) -> ContainerRun? {
    if let state = status["state", "running"] {
      return ContainerRun(state, id: status.string("containerID"))
    }
    let over = status["state", "terminated"] ?? status["lastState", "terminated"]
    return over.flatMap { ContainerRun($0, id: $0.string("containerID")) }
  }

  /// What ran before the last restart.
  static func previous(_ status: JSONValue) -> ContainerRun? {
    status["lastState", "terminated"].flatMap { ContainerRun($0, id: $0.string("containerID")) }
  }

  private init?(_ state: JSONValue, id: String) {
    guard let started = Timestamp.parse(state.string("startedAt")) else { return nil }
    self.id = id
    self.started = started
    ended = Timestamp.parse(state.string("finishedAt"))
    exitCode = state.integer("exitCode") ?? 0
  }
}

/// What a container has written: a function of what it runs and of when it started, so that nothing of it has to be kept.
///
/// A server of a model tells of its start, until it is ready, and of its load from then on.
struct ContainerLog: Sendable {
  struct Line: Sendable, Equatable {
    var date: Date
    var text: String
  }

  /// How often something is told by a container that just runs.
  private static let interval = Duration.seconds(10)

  private let run: ContainerRun
  /// What is told once, with how long after the start in real time.
  private let beginning: [(after: Duration, text: String)]
  private let routine: String
  private let end: [String]
  /// Between two routine lines, in real time.
  private let pause: Duration

  init(_ container: JSONValue, pod: JSONValue, run: ContainerRun, clock: any SimulationClock) {
    self.run = run
    pause = clock.scaled(Self.interval)
    let script = ContainerScript(container, pod: pod)
    let name = container.string("name")
    guard let model = ServedModel(container) else {
      beginning = [(.zero, "\(name): started")]
      routine = "\(name): running"
      end = [run.exitCode == 0 ? "\(name): done" : "\(name): failed"]
      return
    }
    let start = max(script.warmUp, .seconds(1))
    beginning = Self.start(of: model, container, isReady: !script.isNeverReady).map { share, text in
      (after: clock.scaled(start * share), text: text)
    }
    routine =
      script.isNeverReady
      ? "engine: still waiting for the other ranks"
      : "engine: prompt 0.0 tokens/s, generation 0.0 tokens/s; running 0, waiting 0; KV cache 0.0 %"
    // Who is killed for its memory says nothing more.
    let failure = [
      "engine: RuntimeError: the weights do not fit this device", "server: shutting down",
    ]
    end = script.isKilled || run.exitCode == 137 ? [] : run.exitCode == 0 ? [failure[1]] : failure
  }

  /// What a server tells until it is ready, with the share of the time that this takes.
  private static func start(
    of model: ServedModel, _ container: JSONValue, isReady: Bool
  ) -> [(Double, String)] {
    let gpus = container["resources", "limits", "nvidia.com/gpu"].flatMap { $0.text } ?? "0"
    var lines = [
      (0.0, "server: starting, image \(container.string("image"))"),
      (0.0, "server: model \(model.root), served as \(model.names.joined(separator: ", "))"),
      (0.05, "engine: tensor parallel size \(max(1, Int(gpus) ?? 1)), data type bfloat16"),
      (0.1, "loader: reading the weights of \(model.root)"),
    ]
    for shard in 1...4 {
      lines.append((0.1 + 0.12 * Double(shard), "loader: \(shard) of 4 shards"))
    }
    lines.append((0.65, "loader: weights in memory"))
    guard isReady else { return lines }
    return lines + [
      (0.8, "engine: KV cache is allocated"), (0.95, "engine: graphs are captured"),
      (1.0, "server: listening on 0.0.0.0:\(model.port)"),
    ]
  }

  var isOver: Bool { run.ended != nil }

  /// How many lines there are at a time.
  func count(at date: Date) -> Int {
    let limit = min(date, run.ended ?? date)
    let regular = regularCount(before: limit)
    return run.ended.map { $0 <= date } == true ? regular + end.count : regular
  }

  /// A line by its number; `nil` where it will never be written.
  func line(_ index: Int) -> Line? {
    if let ended = run.ended {
      let regular = regularCount(before: ended)
      if index >= regular {
        guard index - regular < end.count else { return nil }
        return line(end[index - regular], at: ended)
      }
    }
    let text = index < beginning.count ? beginning[index].text : routine
    return line(text, at: date(of: index))
  }

  /// When a line is written, if the container runs so long.
  func date(of index: Int) -> Date {
    if index < beginning.count { return run.started + beginning[index].after.seconds }
    let last = beginning.last?.after ?? .zero
    return run.started + (last + pause * (index - beginning.count + 1)).seconds
  }

  private func regularCount(before date: Date) -> Int {
    let age = date.timeIntervalSince(run.started)
    let told = beginning.prefix { $0.after.seconds <= age }.count
    guard told == beginning.count, let last = beginning.last?.after.seconds else { return told }
    return told + max(0, Int((age - last) / pause.seconds))
  }

  private func line(_ text: String, at date: Date) -> Line {
    let time = Timestamp.format(date)
    return Line(
      date: date, text: "\(time.dropFirst(5).prefix(5)) \(time.dropFirst(11).prefix(8)) \(text)")
  }
}
