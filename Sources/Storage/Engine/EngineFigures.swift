/// How an engine stands at this moment.
package struct EngineFigures: Sendable, Equatable {
    package let waitingReads: Int
    package let waitingWrites: Int
    package let busyConnections: Int
    package let idleConnections: Int
}
