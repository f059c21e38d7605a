import Foundation
import NIOCore
import ServiceLifecycle

/// An address cannot be listened at: which one, and why, in words for the operator.
package struct ListeningRefused: Error, CustomStringConvertible {
    package let description: String
}

/// A listener that says where it wanted to listen when it cannot.
///
/// A class, as every service is: ServiceLifecycle describes its services, which of a value is everything in it.
final class Listening: Service {
    private let host: String
    private let port: Int
    private let service: any Service

    init(host: String, port: Int, service: any Service) {
        self.host = host
        self.port = port
        self.service = service
    }

    func run() async throws {
        do {
            try await service.run()
        } catch let error as IOError {
            let reason =
                switch error.errnoCode {
                case EADDRINUSE: "another program listens there; stop it, or choose another port"
                case EACCES: "that needs more rights; choose a port above 1023, or put a proxy in front"
                case EADDRNOTAVAIL: "this machine has no such address"
                default: String(cString: strerror(error.errnoCode))
                }
            throw ListeningRefused(description: "\(host):\(port) cannot be listened at: \(reason)")
        }
    }
}
