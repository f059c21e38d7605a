import Foundation
import NIOCore
import ServiceLifecycle

/// An address cannot be listened at: which one, and why, in words for the operator.
package struct ListeningRefused: Error, CustomStringConvertible {
    package let description: String
}

/// A listener that says where it wanted to listen when it cannot.
struct Listening: Service {
    let host: String
    let port: Int
    let service: any Service

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
