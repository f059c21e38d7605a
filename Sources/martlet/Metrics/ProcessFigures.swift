import Foundation

/// What Linux says of this process, under the names that every Prometheus library uses.
enum ProcessFigures {
    static func samples() -> [String: Double] {
        var figures: [String: Double] = [:]
        // proc(5): the second field, the program's name, may hold anything; fields are counted from its end.
        let stat = text("/proc/self/stat")
        let fields = stat.lastIndex(of: ")").map { stat[stat.index(after: $0)...].split(separator: " ") } ?? []
        func field(_ number: Int) -> Double? {
            fields.indices.contains(number - 3) ? Double(fields[number - 3]) : nil
        }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        if let user = field(14), let system = field(15), ticks > 0 {
            figures["process_cpu_seconds_total"] = (user + system) / ticks
        }
        figures["process_virtual_memory_bytes"] = field(23)
        figures["process_resident_memory_bytes"] = field(24).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
        if let started = field(22), let boot = number(after: "btime ", in: "/proc/stat"), ticks > 0 {
            figures["process_start_time_seconds"] = boot + started / ticks
        }
        figures["process_open_fds"] = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map {
            Double($0.count)
        }
        figures["process_max_fds"] = number(after: "Max open files", in: "/proc/self/limits")
        return figures
    }

    private static func number(after words: String, in path: String) -> Double? {
        let line = text(path).split(separator: "\n").first { $0.hasPrefix(words) }
        return line?.dropFirst(words.count).split(separator: " ").first.flatMap { Double($0) }
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}
