using System.Globalization;
using System.Security;
using System.Text;

namespace BankAccounts.Bench.Report.Svg;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Points">Its points, from left to right.</param>
public sealed record Line(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A chart of lines as SVG, plain enough to be read in a diff.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="XTitle">What goes to the right.</param>
/// <param name="YTitle">What goes up.</param>
/// <param name="Lines">At most six.</param>
public sealed record LineChart(string Title, string XTitle, string YTitle, IReadOnlyList<Line> Lines)
{
    private const double Width = 720;
    private const double Height = 400;
    private const double Left = 80;
    private const double Right = 200;
    private const double Top = 48;
    private const double Bottom = 56;

    // Colours that are told apart by those who see few of them (Okabe and Ito), and readable on white.
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#000000"];

    public bool IsXLogarithmic { get; init; }

    public bool IsYLogarithmic { get; init; }

    /// <summary>Marks on the X axis with their names; those of the scale if there are none.</summary>
    public IReadOnlyList<(double X, string Name)> XTicks { get; init; } = [];

    public string ToSvg()
    {
        var x = Scale.Around(Lines.SelectMany(line => line.Points).Select(point => point.X), IsXLogarithmic);
        var y = Scale.Around(Lines.SelectMany(line => line.Points).Select(point => point.Y), IsYLogarithmic);
        var svg = new StringBuilder();
        svg.AppendLine(Format(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">"));
        svg.AppendLine(Format($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>"));
        Text(svg, Left, 24, Title, "start", "font-size=\"15\" font-weight=\"bold\"");
        Text(svg, Left + (PlotWidth / 2), Height - 12, XTitle, "middle");
        Text(svg, 16, Top + (PlotHeight / 2), YTitle, "middle",
            Format($"transform=\"rotate(-90 16 {Top + (PlotHeight / 2):0.#})\""));
        AddAxes(svg, x, y);
        for (var i = 0; i < Lines.Count; i++)
        {
            AddLine(svg, Lines[i], i, x, y);
        }
        return svg.AppendLine("</svg>").ToString();
    }

    private static double PlotWidth => Width - Left - Right;

    private static double PlotHeight => Height - Top - Bottom;

    private static double AcrossOf(Scale x, double value) => Left + (x.PlaceOf(value) * PlotWidth);

    private static double DownOf(Scale y, double value) => Top + ((1 - y.PlaceOf(value)) * PlotHeight);

    private void AddAxes(StringBuilder svg, Scale x, Scale y)
    {
        foreach (var tick in y.Ticks())
        {
            var down = DownOf(y, tick);
            svg.AppendLine(Format(
                $"<line x1=\"{Left}\" y1=\"{down:0.#}\" x2=\"{Width - Right}\" y2=\"{down:0.#}\" stroke=\"#ddd\"/>"));
            Text(svg, Left - 8, down + 4, Figures.Tick(tick), "end");
        }
        var marks = XTicks.Count > 0 ? XTicks : x.Ticks().Select(tick => (tick, Figures.Tick(tick)));
        foreach (var (value, name) in marks.Where(mark => x.PlaceOf(mark.Item1) <= 1))
        {
            var across = AcrossOf(x, value);
            svg.AppendLine(Format(
                $"<line x1=\"{across:0.#}\" y1=\"{Height - Bottom}\" x2=\"{across:0.#}\" y2=\"{Height - Bottom + 5}\" stroke=\"#666\"/>"));
            Text(svg, across, Height - Bottom + 20, name, "middle");
        }
        svg.AppendLine(Format(
            $"<line x1=\"{Left}\" y1=\"{Height - Bottom}\" x2=\"{Width - Right}\" y2=\"{Height - Bottom}\" stroke=\"#666\"/>"));
    }

    private static void AddLine(StringBuilder svg, Line line, int index, Scale x, Scale y)
    {
        var colour = Colours[index % Colours.Length];
        var points = line.Points.Select(point => Format($"{AcrossOf(x, point.X):0.#},{DownOf(y, point.Y):0.#}")).ToList();
        svg.AppendLine(
            $"<polyline points=\"{string.Join(' ', points)}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
        if (points.Count <= 20)
        {
            foreach (var (across, down) in line.Points.Select(point => (AcrossOf(x, point.X), DownOf(y, point.Y))))
            {
                svg.AppendLine(Format($"<circle cx=\"{across:0.#}\" cy=\"{down:0.#}\" r=\"3\" fill=\"{colour}\"/>"));
            }
        }
        var legend = Top + 12 + (index * 20);
        svg.AppendLine(Format(
            $"<rect x=\"{Width - Right + 12}\" y=\"{legend - 8}\" width=\"14\" height=\"4\" fill=\"{colour}\"/>"));
        Text(svg, Width - Right + 32, legend - 2, line.Name, "start");
    }

    private static void Text(
        StringBuilder svg, double across, double down, string text, string anchor, string attributes = "") =>
        svg.AppendLine(Format(
            $"<text x=\"{across:0.#}\" y=\"{down:0.#}\" text-anchor=\"{anchor}\" {attributes}>{SecurityElement.Escape(text)}</text>"));

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
