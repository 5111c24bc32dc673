// The parts of Apache ECharts that the boards draw with; scripts/bundle_echarts.sh makes one file of
// them.
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, GridComponent, MarkLineComponent, SVGRenderer]);
globalThis.echarts = { init };
