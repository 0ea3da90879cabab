// swift-tools-version: 6.2
// One section per target with its tests, from the bottom of the house to the top.
// One dependency per line, sorted. A target may import what it lists here and nothing else:
// arrows run down only (docs/architecture.md).
import PackageDescription

let package = Package(
  name: "modeldeck",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "modeldeck", targets: ["modeldeck"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    // MARK: Kubernetes — typed resources and the protocol ClusterAPI. No I/O.
    .target(name: "Kubernetes"),
    .testTarget(name: "KubernetesTests", dependencies: ["Kubernetes", "TestSupport"]),

    // MARK: TerminalUI — cells, frames, themes, widgets. Pure.
    .target(name: "TerminalUI"),
    .testTarget(name: "TerminalUITests", dependencies: ["TerminalUI", "TestSupport"]),

    // MARK: Ncurses — the only importer of curses.
    .systemLibrary(name: "CNcurses"),
    .target(
      name: "CNcursesShims",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(
      name: "Ncurses",
      dependencies: [
        "CNcurses",
        "CNcursesShims",
        "TerminalUI",
      ]),
    .testTarget(name: "NcursesTests", dependencies: ["Ncurses", "TerminalUI"]),

    // MARK: KubernetesClient — the wire.
    .target(
      name: "KubernetesClient",
      dependencies: [
        "Kubernetes",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOFoundationCompat", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .testTarget(
      name: "KubernetesClientTests",
      dependencies: [
        "Kubernetes",
        "KubernetesClient",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ]),

    // MARK: SimulatedCluster — an in-process Kubernetes API server.
    .target(
      name: "SimulatedCluster",
      dependencies: [
        "Kubernetes",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdHTTP2", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOFoundationCompat", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .testTarget(
      name: "SimulatedClusterTests",
      dependencies: [
        "Kubernetes", "KubernetesClient", "SimulatedCluster", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ]),

    // MARK: ModelCore — the domain.
    .target(
      name: "ModelCore",
      dependencies: [
        "Kubernetes",
        .product(name: "Collections", package: "swift-collections"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .testTarget(
      name: "ModelCoreTests",
      dependencies: ["Kubernetes", "ModelCore", "TestSupport"]),

    // MARK: ModelsAPI — the HTTP API of the specification.
    .target(
      name: "ModelsAPI",
      dependencies: [
        "Kubernetes",
        "ModelCore",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(
      name: "ModelsAPITests",
      dependencies: [
        "Kubernetes", "ModelCore", "ModelsAPI", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),

    // MARK: Dashboard — state, update, views. Pure values.
    .target(
      name: "Dashboard",
      dependencies: [
        "ModelCore",
        "TerminalUI",
      ]),
    .testTarget(
      name: "DashboardTests",
      dependencies: ["Dashboard", "Kubernetes", "ModelCore", "TerminalUI", "TestSupport"],
      exclude: ["Goldens"]),

    // MARK: Scripting — what commands read and write: formats, settings. Pure.
    .target(
      name: "Scripting",
      dependencies: [
        "Dashboard",
        "Kubernetes",
        "ModelCore",
        "TerminalUI",
      ]),
    .testTarget(
      name: "ScriptingTests", dependencies: ["Kubernetes", "ModelCore", "Scripting", "TestSupport"]),

    // MARK: TestSupport — golden assertion, fixtures, screen robot.
    .target(
      name: "TestSupport",
      dependencies: [
        "Dashboard",
        "Kubernetes",
        "ModelCore",
        "TerminalUI",
      ]),

    // MARK: One suite against the simulator and the real control plane.
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "Kubernetes", "KubernetesClient", "ModelCore", "SimulatedCluster", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ]),

    // MARK: CMemory — the C library's allocator.
    .target(name: "CMemory"),

    // MARK: Every fault of a server, on the client that talks to production.
    .testTarget(
      name: "FaultTests",
      dependencies: [
        "Dashboard", "Kubernetes", "KubernetesClient", "ModelCore", "SimulatedCluster",
        "TerminalUI", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ]),

    // MARK: modeldeck — the executable: commands, the dashboard's run loop, wiring.
    .executableTarget(
      name: "modeldeck",
      dependencies: [
        "CMemory",
        "Dashboard",
        "Kubernetes",
        "KubernetesClient",
        "ModelCore",
        "ModelsAPI",
        "Ncurses",
        "Scripting",
        "SimulatedCluster",
        "TerminalUI",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      // Without relocations to apply the program starts a third faster; releases only.
      linkerSettings: [
        .unsafeFlags(["-Xclang-linker", "-no-pie"], .when(configuration: .release))
      ]),
    .testTarget(name: "EndToEndTests", dependencies: ["TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where ![.system, .plugin].contains(target.type) {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
  ]
}
