import Foundation
import Synchronization

/// A server on this machine that answers badly on purpose. It speaks just enough HTTP to be fetched from.
final class LoopbackServer: Sendable {
    /// What has been received, one request each.
    private let requests = Mutex<[String]>([])
    private let listener: Int32
    let port: UInt16

    /// Whether anybody listens on a port of this machine.
    static func accepts(_ port: Int) -> Bool {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        var address = loopback(UInt16(clamping: port))
        return withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(connection, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = port.bigEndian
        return address
    }

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        guard bound, listen(listener, 64) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread.detachNewThread { [self] in serve(connection) }
            }
            // Here, where nobody waits on it any more: closed elsewhere, its number could name another test's socket.
            close(listener)
        }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    var received: [String] { requests.withLock { $0 } }

    func address(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        let request = read(connection)
        requests.withLock { $0.append(request) }
        let path = request.split(separator: " ").dropFirst().first ?? ""
        switch path {
        case "/hang":
            sleep(30)
        case "/drip":
            guard say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", connection) else { return }
            while say("x", connection) { usleep(20_000) }
        case "/large":
            guard say("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", connection) else { return }
            for _ in 0..<40 where !say(String(repeating: "x", count: 65_536), connection) { return }
        case "/declared":
            _ = say("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx", connection)
        case "/headers":
            guard say("HTTP/1.1 200 OK\r\n", connection) else { return }
            for count in 0..<100_000
            where !say(
                "X-\(count): \(String(repeating: "y", count: 100))\r\n",
                connection)
            { return }
        case "/redirect":
            _ = say("HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", connection)
        case "/garbage":
            _ = say("\u{0}\u{1}\u{2} nonsense\r\n\r\n", connection)
        case "/short":
            _ = say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc", connection)
        case "/missing":
            _ = say("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno", connection)
        case "/gzip":
            _ = say(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
                connection)
        default:
            _ = say(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
                connection)
        }
    }

    /// Headers, and the body of the length they give.
    private func read(_ connection: Int32) -> String {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            if let head = text.range(of: "\r\n\r\n") {
                let length = text.lowercased().range(of: "content-length: ").map {
                    text[$0.upperBound...].prefix { $0.isNumber }
                }
                guard text[head.upperBound...].utf8.count < length.flatMap({ Int($0) }) ?? 0 else { return text }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            // Who says hello in TLS waits for an answer before it says more.
            guard count > 0, buffer[0] != 0x16 else { return text }
            text += String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }

    private func say(_ text: String, _ connection: Int32) -> Bool {
        let bytes = Array(text.utf8)
        return send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }
}
