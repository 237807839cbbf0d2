/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * The fading of one link, block by block, against theory.
 *
 * Run it with an installed ns-3:
 *
 *     ./llm-mec run rician-fading --kFactor=8
 *
 * or inside an ns-3 tree:
 *
 *     ./ns3 run "rician-fading --kFactor=8"
 *
 * Things to try:
 *
 *     --kFactor=0                            Rayleigh fading: no line of sight, deep fades
 *     --kFactor=50                           almost only line of sight
 *     --correlation=0.95 --blocks=100000     fading that wanders instead of jumping; the longer its
 *                                            memory, the more blocks until theory shows
 *     --coherenceTimeS=0.005 --output=gain.csv  one row a block
 *     --RngRun=2                             the same law, other draws
 */

#include "base/program.h"

#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/llm-mec-output-file.h"
#include "ns3/llm-mec-settings.h"
#include "ns3/node.h"
#include "ns3/rician-propagation-loss-model.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

/// A link and what was seen of its fading.
struct Link
{
    Ptr<llmmec::RicianPropagationLossModel> fading; ///< the model
    Ptr<MobilityModel> a;                           ///< one end
    Ptr<MobilityModel> b;                           ///< the other end
    std::vector<double> gains;                      ///< linear power gain, one a block
};

/// @return a new node's mobility model; the fading knows links by their nodes
Ptr<MobilityModel>
MakeNode()
{
    auto mobility = CreateObject<ConstantPositionMobilityModel>();
    CreateObject<Node>()->AggregateObject(mobility);
    return mobility;
}

/**
 * @brief Note the gain of the current block, then come back in the next one.
 * @param link the link
 * @param coherenceTime length of a block
 * @param blocks how many blocks there are to note
 */
void
Sample(Link* link, Time coherenceTime, uint64_t blocks)
{
    link->gains.push_back(link->fading->GetPowerGain(link->a, link->b));
    if (link->gains.size() < blocks)
    {
        Simulator::Schedule(coherenceTime, &Sample, link, coherenceTime, blocks);
    }
}

/**
 * @brief Estimate the autocovariance of the gain, whose mean is known to be 1.
 * @param gains the gains, one a block
 * @param lag blocks in between, less than there are gains
 * @return the autocovariance; the variance if lag is 0
 */
double
Autocovariance(const std::vector<double>& gains, std::size_t lag)
{
    double sum = 0;
    for (std::size_t i = lag; i < gains.size(); ++i)
    {
        sum += (gains[i] - 1) * (gains[i - lag] - 1);
    }
    return sum / static_cast<double>(gains.size() - lag);
}

/**
 * @brief Write the gains.
 * @param path where to write
 * @param gains linear power gain, one a block
 * @param coherenceTimeS length of a block, s
 */
void
WriteCsv(const std::string& path, const std::vector<double>& gains, double coherenceTimeS)
{
    llmmec::LlmMecOutputFile file(path);
    file.GetStream() << "block,timeS,gain,gainDb\n"
                     << std::setprecision(std::numeric_limits<double>::digits10);
    for (std::size_t block = 0; block < gains.size(); ++block)
    {
        file.GetStream() << block << ',' << static_cast<double>(block) * coherenceTimeS << ','
                         << gains[block] << ',' << 10 * std::log10(gains[block]) << '\n';
    }
    file.Commit();
}

/**
 * @brief Print a row of the table.
 * @param name what it is
 * @param measured its estimate
 * @param theory its value
 */
void
PrintRow(const std::string& name, double measured, double theory)
{
    std::cout << std::left << std::setw(24) << name << std::right << std::fixed
              << std::setprecision(4) << std::setw(10) << measured << std::setw(10) << theory
              << "\n";
}

/**
 * @brief The study.
 * @param argc number of arguments
 * @param argv the arguments
 */
void
Run(int argc, char* argv[])
{
    double kFactor = 8;
    double correlation = 0;
    double coherenceTimeS = 1;
    uint64_t blocks = 10000;
    std::string output;

    llmmec::LlmMecSettings settings;
    settings.AddNumber("kFactor",
                       "Line of sight over scatter, linear power ratio",
                       kFactor,
                       0,
                       1e9);
    settings.AddNumber("correlation", "Of the scatter, from block to block", correlation, 0, 1);
    settings.AddNumber("coherenceTimeS", "Length of a block, s", coherenceTimeS, 1e-9, 90);
    settings.AddCount("blocks", "Number of blocks", blocks, 10, 100000000);
    settings.AddText("output", "CSV file for the gain of each block; empty for none", output);
    settings.Parse(argc, argv, __FILE__, "The Rician block fading of one link against theory.");

    const Time coherenceTime = Seconds(coherenceTimeS);
    Link link{CreateObject<llmmec::RicianPropagationLossModel>(), MakeNode(), MakeNode(), {}};
    link.fading->SetAttribute("KFactor", DoubleValue(kFactor));
    link.fading->SetAttribute("Correlation", DoubleValue(correlation));
    link.fading->SetAttribute("CoherenceTime", TimeValue(coherenceTime));
    link.fading->AssignStreams(0);

    link.gains.reserve(blocks);
    Simulator::ScheduleNow(&Sample, &link, coherenceTime, blocks);
    Simulator::Run();
    Simulator::Destroy();

    const auto& gains = link.gains;
    const double mean =
        std::accumulate(gains.begin(), gains.end(), 0.) / static_cast<double>(blocks);
    const auto [deepest, highest] = std::minmax_element(gains.begin(), gains.end());
    std::cout << "Rician fading, K = " << kFactor << ", rho = " << correlation << ", " << blocks
              << " blocks of " << coherenceTimeS << " s\n\n"
              << "linear power gain         measured    theory\n";
    PrintRow("mean", mean, 1);
    for (int lag : {0, 1, 2, 5})
    {
        const double r = std::pow(correlation, lag);
        PrintRow(lag == 0 ? "variance" : "autocovariance, lag " + std::to_string(lag),
                 Autocovariance(gains, lag),
                 (2 * kFactor * r + r * r) / std::pow(kFactor + 1, 2));
    }
    std::cout << std::setprecision(1) << "\nfrom " << 10 * std::log10(*deepest) << " dB to "
              << 10 * std::log10(*highest) << " dB\n";
    if (!output.empty())
    {
        WriteCsv(output, gains, coherenceTimeS);
        std::cout << "gain by block: " << output << "\n";
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("rician-fading", argc, argv, [&]() { Run(argc, argv); });
}
