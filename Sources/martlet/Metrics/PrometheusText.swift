/// The text format of Prometheus, version 0.0.4: families one after the other, each number on a line.
enum PrometheusText {
    /// Families without a number are left out.
    static func write(_ metrics: [Metric], _ samples: [String: [Sample]]) -> String {
        var text = ""
        for metric in metrics {
            guard let samples = samples[metric.name], !samples.isEmpty else { continue }
            text += "# HELP \(metric.name) \(escaped(metric.help))\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
            for sample in samples {
                let labels = self.text(of: sample.labels)
                text += metric.name + sample.suffix
                text += labels.isEmpty ? " " : "{\(labels)} "
                text += number(sample.value) + "\n"
            }
        }
        return text
    }

    /// `a="b",c="d"`
    static func text(of labels: MetricLabels) -> String {
        labels.map { "\($0.name)=\"\(escaped($0.value).replacing("\"", with: "\\\""))\"" }.joined(separator: ",")
    }

    /// A whole number without a point.
    static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    /// What would end a line, or hide its end.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
