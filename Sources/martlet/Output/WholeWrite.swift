import Foundation

/// Writing to an open file to the last byte. `print` loses what cannot be written, and `FileHandle.write(_:)` ends the
/// process; this says what is wrong.
enum WholeWrite {
    /// `nil` when everything was taken, otherwise the `errno` that kept the rest out.
    static func put(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            let fault = errno
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 {
                return EIO
            } else if fault == EAGAIN {
                var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&writable, 1, 1000)
            } else if fault != EINTR {
                return fault
            }
        }
        return nil
    }
}
