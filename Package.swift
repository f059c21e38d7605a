// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    // What is awaited runs where its caller runs (SE-0461): on the thread of the connection, and without asking at each
    // call whether to change.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "martlet",
    products: [.executable(name: "martlet", targets: ["martlet"])],
    traits: [
        .trait(
            name: "TLS",
            description: "TLS on the public listener. Off by default: most houses stand behind a proxy that has it.")
    ],
    dependencies: [
        // The kept HTTP server of the ecosystem, on SwiftNIO; without traits it leaves out a settings library we do not use.
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        // Logic-less templates with inheritance; escapes by default.
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        // The standard command line: --help, completion, exit codes.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        // libyaml's reader with line and column of every node, so that each fault in martlet.yaml can say where it stands.
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        // The standard logging front; our own handler writes one JSON object a line.
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        // The standard front of figures; what `GET /metrics` tells of them is written here.
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        // Start and stop order, and draining at SIGTERM.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        // Connection limits are channel handlers in front of the HTTP codec.
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        // TLS on the public listener, with a BoringSSL of its own: compiled with the trait TLS alone.
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    ],
    targets: [
        // 0: the only doors to C
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
        .systemLibrary(name: "CCBOR", pkgConfig: "libcbor", providers: [.apt(["libcbor-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        // libcurl's options are set by functions with variable arguments, which Swift cannot call.
        .target(name: "CCurlShims", dependencies: ["CCurl"]),
        // Its values are unions with integers of 128 bits, which Swift does not import.
        .target(name: "CMaxMindDBShims", dependencies: ["CMaxMindDB"]),
        // Found in leaks; a table of a megabyte, which a C compiler takes as it is.
        .target(name: "CLeakedPasswords", exclude: ["leaked-passwords.bin", "make-list.py"]),
        room("Cryptography", ["COpenSSL", "CSodium", "CCrypt"]),
        room("JSON", ["CJansson"]),
        room("QRCode", ["CQREncode"]),
        // 1
        room("JOSE", ["Cryptography", "JSON"]),
        room("WebAuthn", ["Cryptography", "JSON", "CCBOR"]),
        // 2
        room("OAuth", ["JOSE", "Cryptography", "JSON"]),
        // 3
        room("Identity", ["OAuth", "JOSE", "WebAuthn", "Cryptography", "JSON", "CLeakedPasswords"]),
        // 4: the wings
        room(
            "Storage",
            [
                "OAuth", "Identity", "Cryptography", "JSON", "CSQLite", "CPostgreSQL",
                .product(name: "Metrics", package: "swift-metrics"),
            ]),
        room("Outbound", ["OAuth", "Identity", "CCurl", "CCurlShims"]),
        room("Places", ["Identity", "CMaxMindDBShims"]),
        room(
            "Web",
            [
                "OAuth", "Identity", "Cryptography", "JSON", "QRCode",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        // Beside the house: a client app that knows the provider only over the wire
        room(
            "Demo",
            [
                "OAuth", "JOSE", "Cryptography", "JSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        // 5
        .executableTarget(
            name: "martlet",
            dependencies: [
                "Web", "Demo", "Storage", "Outbound", "Places", "Identity", "OAuth", "JOSE", "Cryptography", "JSON",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], swiftSettings: strict),
        // What several test targets share; no product holds it.
        .target(
            name: "TestSupport", dependencies: ["Identity", "OAuth", "Cryptography", "JSON", "CPostgreSQL"],
            path: "Tests/TestSupport", swiftSettings: strict),
        // The upstream providers on loopback, as a process of its own: the outside tests and the demo sign in with it.
        .executableTarget(
            name: "mock-upstream",
            dependencies: [
                "OAuth", "JOSE", "Cryptography", "JSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ], path: "Tests/MockUpstream", swiftSettings: strict),
        tests("CryptographyTests", ["Cryptography", "TestSupport"]),
        tests("QRCodeTests", ["QRCode"]),
        tests("WebAuthnTests", ["WebAuthn", "Cryptography", "JSON", "TestSupport"]),
        tests("JSONTests", ["JSON", "TestSupport"]),
        tests("JOSETests", ["JOSE", "Cryptography", "JSON", "TestSupport"]),
        tests("OAuthTests", ["OAuth", "Storage", "Identity", "JOSE", "Cryptography", "JSON", "TestSupport"]),
        tests("IdentityTests", ["Identity", "Storage", "OAuth", "JOSE", "Cryptography", "JSON", "TestSupport"]),
        tests("StorageTests", ["Storage", "Identity", "OAuth", "JOSE", "Cryptography", "JSON", "TestSupport"]),
        tests("OutboundTests", ["Outbound", "Identity", "OAuth"]),
        tests("PlacesTests", ["Places"]),
        tests(
            "DemoTests",
            [
                "Demo", "OAuth", "JOSE", "Cryptography", "JSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests(
            "MartletTests",
            [
                "martlet", "Storage", "Identity", "OAuth", "JOSE", "Cryptography", "JSON",
                .product(name: "Metrics", package: "swift-metrics"),
            ]),
        tests(
            "JourneyTests",
            [
                "martlet", "Web", "Demo", "Storage", "Outbound", "Identity", "OAuth", "JOSE", "Cryptography", "JSON",
                "TestSupport",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
