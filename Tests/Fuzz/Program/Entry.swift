import Foundation

/// The one program for all targets: which one runs is said by the environment, since libFuzzer keeps the arguments for
/// itself.
private enum Chosen {
    static let target: any FuzzTarget = {
        let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
        guard let type = targets.first(where: { $0.name == name }) else {
            print("FUZZ_TARGET must be one of: \(targets.map { $0.name }.joined(separator: " "))")
            exit(2)
        }
        do { return try type.init() } catch { fatalError("\(name) cannot begin: \(error)") }
    }()
}

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Chosen.target.check(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
