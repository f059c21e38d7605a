import CCurl
import CCurlShims
import Foundation
import OAuth
import Synchronization

/// The thread on which all transfers run. libcurl's handles never leave it; what crosses over are values, in an inbox,
/// and a byte in a pipe that says something is there.
final class CurlLoop: Sendable {
    struct Order: Sendable {
        let id: UInt64
        let request: OutboundRequest
        let finish: @Sendable (CurlTransfer.Outcome) -> Void
    }

    private struct Inbox {
        var orders: [Order] = []
        var withdrawn: [UInt64] = []
        var isClosed = false
    }

    private let inbox = Mutex(Inbox())
    private let bell: Bell
    private let limits: FetchLimits

    init(limits: FetchLimits) throws(FetchFault) {
        guard Curl.isReady, let bell = Bell() else { throw .unreachable("libcurl cannot start") }
        self.bell = bell
        self.limits = limits
    }

    func start() {
        let thread = Thread { [self] in run() }
        thread.name = "outbound"
        thread.start()
    }

    func submit(_ order: Order) {
        let isClosed = inbox.withLock { inbox in
            if !inbox.isClosed { inbox.orders.append(order) }
            return inbox.isClosed
        }
        guard !isClosed else { return order.finish(.failure(.closed)) }
        bell.ring()
    }

    /// Gives up on a transfer nobody waits for any more; without effect when it has ended.
    func withdraw(_ id: UInt64) {
        inbox.withLock { $0.withdrawn.append(id) }
        bell.ring()
    }

    func close() {
        inbox.withLock { $0.isClosed = true }
        bell.ring()
    }

    private func run() {
        guard let multi = curl_multi_init() else { return close() }
        var transfers: [UInt64: CurlTransfer] = [:]
        martlet_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connections)
        repeat {
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            endFinished(multi, &transfers)
            bell.wait(multi)
        } while read(multi, &transfers)
        for transfer in transfers.values { end(transfer, of: multi, with: nil) }
        curl_multi_cleanup(multi)
    }

    /// Takes what has come in; `false` when the loop shall end.
    private func read(_ multi: UnsafeMutableRawPointer, _ transfers: inout [UInt64: CurlTransfer]) -> Bool {
        let news = inbox.withLock { inbox in
            let news = inbox
            inbox.orders = []
            inbox.withdrawn = []
            return news
        }
        for order in news.orders {
            guard !news.isClosed else {
                order.finish(.failure(.closed))
                continue
            }
            do throws(FetchFault) {
                let transfer = try CurlTransfer(order.request, limits: limits, finish: order.finish)
                transfers[order.id] = transfer
                curl_multi_add_handle(multi, transfer.handle)
            } catch {
                order.finish(.failure(error))
            }
        }
        for id in news.withdrawn {
            if let transfer = transfers.removeValue(forKey: id) { end(transfer, of: multi, with: nil) }
        }
        return !news.isClosed
    }

    private func endFinished(_ multi: UnsafeMutableRawPointer, _ transfers: inout [UInt64: CurlTransfer]) {
        var code = CURLE_OK
        while let handle = martlet_curl_finished(multi, &code) {
            guard let ended = transfers.first(where: { $0.value.handle == handle }) else { continue }
            transfers[ended.key] = nil
            end(ended.value, of: multi, with: code)
        }
    }

    private func end(_ transfer: CurlTransfer, of multi: UnsafeMutableRawPointer, with code: CURLcode?) {
        curl_multi_remove_handle(multi, transfer.handle)
        if let code { transfer.end(with: code) } else { transfer.finish(.failure(.closed)) }
    }
}
