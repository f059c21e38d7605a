import Foundation
import Testing

/// The import table of the house: which room may know which. SwiftPM by itself lets a sibling or a
/// transitive import through, so every `import` line is read.
@Suite("The plan of the house")
struct HousePlanTests {
    static let outside: Set<String> = ["Foundation", "Dispatch", "Synchronization", "Logging"]

    static let table: [String: Set<String>] = [
        "Cryptography": ["COpenSSL", "CSodium", "CCrypt"],
        "JSON": ["CJansson"],
        "QRCode": ["CQREncode"],
        "JOSE": ["Cryptography", "JSON"],
        "WebAuthn": ["Cryptography", "JSON", "CCBOR"],
        "OAuth": ["JOSE", "Cryptography", "JSON"],
        "Identity": ["OAuth", "JOSE", "WebAuthn", "Cryptography", "JSON", "CLeakedPasswords"],
        "Storage": ["OAuth", "Identity", "Cryptography", "JSON", "CSQLite", "CPostgreSQL", "Metrics"],
        "Places": ["Identity", "CMaxMindDBShims"],
        "Outbound": ["OAuth", "Identity", "CCurl", "CCurlShims"],
        "Web": [
            "OAuth", "Identity", "Cryptography", "JSON", "QRCode", "Hummingbird", "HummingbirdCore", "Mustache",
            "HTTPTypes", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOSSL", "ServiceLifecycle",
            "Metrics",
        ],
        "Demo": [
            "OAuth", "JOSE", "Cryptography", "JSON", "Hummingbird", "HummingbirdCore", "Mustache", "HTTPTypes",
            "NIOCore",
        ],
        "martlet": [
            "Cryptography", "JSON", "JOSE", "OAuth", "Identity", "Storage", "Outbound", "Places", "Web", "Demo",
            "ArgumentParser",
            "Yams", "ServiceLifecycle", "UnixSignals", "Metrics",
        ],
    ]

    static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    @Test("Every room imports only what stands below it in the table", arguments: table.keys.sorted())
    func imports(room: String) throws {
        let allowed = try #require(Self.table[room]).union(Self.outside)
        let files = try Self.swiftFiles(of: room)
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for module in Self.modules(in: text) {
                #expect(allowed.contains(module), "\(file.lastPathComponent) of \(room) imports \(module)")
            }
        }
    }

    @Test("No room stands outside the table, and each has a page that explains it")
    func rooms() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path())
        let rooms = try folders.filter { try !Self.swiftFiles(of: $0).isEmpty }
        #expect(Set(rooms) == Set(Self.table.keys))
        for room in rooms {
            let page = Self.sources.appending(path: "\(room)/\(room).docc/\(room).md")
            #expect(FileManager.default.fileExists(atPath: page.path()), "\(room) has no page")
        }
    }

    @Test("The reader of imports finds every form of them")
    func reader() {
        let text = "import A\n  @testable import B\npackage import struct C.D\nlet x = \"import E\"\n// import F\n"
        #expect(Self.modules(in: text) == ["A", "B", "C"])
    }

    static func swiftFiles(of room: String) throws -> [URL] {
        let folder = sources.appending(path: room)
        let paths = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        return paths.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    }

    static func modules(in text: String) -> [String] {
        let pattern =
            /^\s*(?:@\w+\s+)?(?:(?:public|package|internal|private)\s+)?import\s+(?:(?:struct|class|enum|func|protocol)\s+)?(\w+)/
        return text.split(separator: "\n").compactMap { $0.firstMatch(of: pattern).map { String($0.1) } }
    }
}
