import OAuth
import Synchronization

/// Fetches over HTTPS through libcurl: bounded in time and size, never redirected, certificates checked (SO9).
package final class CurlFetcher: HTTPFetcher {
    private let loop: CurlLoop
    private let count = Atomic<UInt64>(0)

    package init(limits: FetchLimits = FetchLimits()) throws(FetchFault) {
        loop = try CurlLoop(limits: limits)
        loop.start()
    }

    deinit { loop.close() }

    package func fetch(_ request: OutboundRequest) async throws -> OutboundResponse {
        try Task.checkCancellation()
        let id = count.add(1, ordering: .relaxed).newValue
        let response = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(CurlLoop.Order(id: id, request: request) { continuation.resume(returning: $0) })
                // Cancelled before there was anything to withdraw.
                if Task.isCancelled { loop.withdraw(id) }
            }
        } onCancel: {
            loop.withdraw(id)
        }
        try Task.checkCancellation()
        return try response.get()
    }
}
