/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-instances.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

using namespace ns3::llmmec;

namespace
{

constexpr double DRAFT_PARAMETERS = 137e6;    //!< GPT-2
constexpr double TARGET_PARAMETERS = 1.558e9; //!< GPT2-XL
constexpr double BAND_HZ = 10e6;              //!< W, of all servers together
constexpr double HEADER_BITS = 320;           //!< of a window

/// Draws that are the same with every standard library.
class Draw
{
  public:
    /// @param seed of all
    explicit Draw(uint64_t seed)
        : m_engine(seed)
    {
    }

    /// @param low least @param high most @return a number, even between them
    double Uniform(double low, double high)
    {
        constexpr double range = 18446744073709551616.; // 2^64
        return low + (high - low) * static_cast<double>(m_engine()) / range;
    }

    /// @return a number of the normal distribution
    double Normal()
    {
        const double radius = std::sqrt(-2 * std::log(1 - Uniform(0, 1)));
        return radius * std::cos(2 * std::acos(-1.) * Uniform(0, 1));
    }

    /// @param n how many there are @return one of 0..n-1
    std::size_t Index(std::size_t n)
    {
        return std::min(static_cast<std::size_t>(Uniform(0, static_cast<double>(n))), n - 1);
    }

  private:
    std::mt19937_64 m_engine; //!< bits
};

/// @param draw of line of sight and shadowing @param distanceM on the ground @return the path loss
/// of TR 38.901 UMi street canyon at 3.5 GHz with antennas at 10 and 1.5 m, dB
double
GetPathLossDb(Draw& draw, double distanceM)
{
    constexpr double frequencyGhz = 3.5;
    constexpr double heightM = 8.5;
    const double flatM = std::max(distanceM, 10.);
    const double farM = std::hypot(flatM, heightM);
    const double breakM = 4 * 9 * .5 * frequencyGhz * 1e9 / 3e8;
    const double logF = 20 * std::log10(frequencyGhz);
    const double near = 32.4 + 21 * std::log10(farM) + logF;
    const double beyond =
        32.4 + 40 * std::log10(farM) + logF - 9.5 * std::log10(breakM * breakM + heightM * heightM);
    const double sight = flatM < breakM ? near : beyond;
    const double none =
        std::max(sight, 35.3 * std::log10(farM) + 22.4 + 21.3 * std::log10(frequencyGhz));
    const double probability =
        flatM <= 18 ? 1 : 18 / flatM + std::exp(-flatM / 36) * (1 - 18 / flatM);
    return draw.Uniform(0, 1) < probability ? sight + 4 * draw.Normal()
                                            : none + 7.82 * draw.Normal();
}

} // namespace

AssociationProblem
MakeEvenAssociationProblem(Eigen::Index devices, Eigen::Index servers)
{
    AssociationProblem problem;
    problem.gain = Eigen::ArrayXXd::Constant(devices, servers, 1e-10);
    AssociationDevices& of = problem.devices;
    of.draftTokenS = Eigen::ArrayXd::Constant(devices, .01);
    of.acceptance = Eigen::ArrayXd::Constant(devices, .8);
    of.tokens = Eigen::ArrayXd::Constant(devices, 100);
    of.draftS = Eigen::ArrayXd::Constant(devices, 3);
    of.uploadBits = Eigen::ArrayXd::Constant(devices, 2e4);
    of.serverFlop = Eigen::ArrayXd::Constant(devices, 1e12);
    of.draftEnergyJ = Eigen::ArrayXd::Zero(devices);
    of.powerW = Eigen::ArrayXd::Constant(devices, .1);
    of.battery = Eigen::ArrayXd::Ones(devices);
    problem.servers.bandwidthHz = Eigen::ArrayXd::Constant(servers, BAND_HZ / servers);
    problem.servers.flopPerS = Eigen::ArrayXd::Constant(servers, 1e13);
    problem.servers.waitS = Eigen::ArrayXd::Zero(servers);
    problem.servers.verifyS = Eigen::ArrayXd::Constant(servers, .01);
    problem.servers.preVerifyS = Eigen::ArrayXd::Constant(servers, .01);
    return problem;
}

AssociationProblem
MakeAssociationProblem(const AssociationInstance& settings)
{
    Draw draw(settings.seed);
    AssociationProblem problem = MakeEvenAssociationProblem(settings.devices, settings.servers);
    problem.energyWeight = settings.energyWeight;
    problem.noiseWPerHz = std::pow(10, (-174 + 5 - 30) / 10.);
    problem.decoding.windowBits = problem.decoding.window * settings.bitsPerDraft + HEADER_BITS;
    constexpr double sideM = 400;
    Eigen::ArrayXXd place(settings.devices + settings.servers, 2);
    for (Eigen::Index i = 0; i < place.size(); ++i)
    {
        place.data()[i] = draw.Uniform(0, sideM);
    }
    constexpr std::array<double, 3> memoryBytesPerS{67.2e9, 34.1e9, 51.2e9};
    constexpr std::array<double, 3> acceptances{.8, .7, .75};
    constexpr double memoryEfficiency = .6;
    AssociationDevices& of = problem.devices;
    const double window = problem.decoding.window;
    for (Eigen::Index i = 0; i < settings.devices; ++i)
    {
        of.powerW[i] = std::pow(10, (draw.Uniform(16, 24) - 30) / 10);
        of.draftTokenS[i] =
            2 * DRAFT_PARAMETERS / (memoryEfficiency * memoryBytesPerS[draw.Index(3)]);
        of.acceptance[i] = acceptances[draw.Index(3)];
        of.tokens[i] = std::floor(draw.Uniform(64, 257));
        const double cycles =
            of.tokens[i] / TokensPerCycle(of.acceptance[i], problem.decoding.window);
        of.draftS[i] = of.draftTokenS[i] * window * cycles;
        of.uploadBits[i] = problem.decoding.windowBits * cycles;
        of.serverFlop[i] = 2 * TARGET_PARAMETERS * window * cycles;
        of.battery[i] = draw.Uniform(0, 1) < .5 ? draw.Uniform(.8, 1) : draw.Uniform(.05, .2);
    }
    constexpr std::array<double, 3> peakFlops{10.07e12, 35.58e12, 82.58e12};
    constexpr std::array<double, 3> bytesPerS{448e9, 936.2e9, 1008e9};
    constexpr double compute = .3;
    constexpr double memory = .7;
    for (Eigen::Index j = 0; j < settings.servers; ++j)
    {
        const std::size_t type = (static_cast<std::size_t>(j) + settings.seed) % 3;
        problem.servers.flopPerS[j] = compute * peakFlops[type];
        const double readS = 2 * TARGET_PARAMETERS / (memory * bytesPerS[type]);
        const double tokenS = 2 * TARGET_PARAMETERS / problem.servers.flopPerS[j];
        problem.servers.verifyS[j] = std::max(readS, window * tokenS);
        problem.servers.preVerifyS[j] = std::max(readS, tokenS);
        problem.servers.waitS[j] =
            static_cast<double>(draw.Index(static_cast<std::size_t>(settings.mostQueued) + 1));
        for (Eigen::Index i = 0; i < settings.devices; ++i)
        {
            const double distanceM = std::hypot(place(i, 0) - place(settings.devices + j, 0),
                                                place(i, 1) - place(settings.devices + j, 1));
            const double lossDb = GetPathLossDb(draw, distanceM);
            problem.gain(i, j) =
                draw.Uniform(0, 1) < settings.missingLinks ? 0 : std::pow(10, -lossDb / 10);
        }
    }
    return problem;
}

void
SetSnrAndPrice(AssociationProblem& problem,
               const Eigen::Ref<const Eigen::ArrayXXd>& snr,
               const Eigen::Ref<const Eigen::ArrayXd>& bandPrice)
{
    const double bandwidthHz = problem.servers.bandwidthHz[0];
    problem.noiseWPerHz = 1 / bandwidthHz;
    // Prices all zero: the weight is zero. Else the battery is full, and the power makes the price.
    problem.energyWeight = bandPrice.maxCoeff() > 0 ? 1 : 0;
    problem.transmitJPerMhzW = 1;
    problem.devices.powerW = problem.energyWeight > 0
                                 ? Eigen::ArrayXd(bandPrice / (bandwidthHz / 1e6))
                                 : Eigen::ArrayXd::Ones(bandPrice.size());
    problem.gain = snr.colwise() / problem.devices.powerW;
}

AssociationProblem
Permute(const AssociationProblem& problem, const std::vector<Eigen::Index>& order)
{
    AssociationProblem other = problem;
    for (std::size_t place = 0; place < order.size(); ++place)
    {
        const auto to = static_cast<Eigen::Index>(place);
        const Eigen::Index from = order[place];
        other.gain.row(to) = problem.gain.row(from);
        for (Eigen::ArrayXd AssociationDevices::*member : {&AssociationDevices::draftTokenS,
                                                           &AssociationDevices::acceptance,
                                                           &AssociationDevices::tokens,
                                                           &AssociationDevices::draftS,
                                                           &AssociationDevices::uploadBits,
                                                           &AssociationDevices::serverFlop,
                                                           &AssociationDevices::draftEnergyJ,
                                                           &AssociationDevices::powerW,
                                                           &AssociationDevices::battery})
        {
            (other.devices.*member)[to] = (problem.devices.*member)[from];
        }
    }
    return other;
}

Eigen::ArrayXd
ToArray(const std::vector<double>& values)
{
    return Eigen::Map<const Eigen::ArrayXd>(values.data(),
                                            static_cast<Eigen::Index>(values.size()));
}

std::vector<Eigen::Index>
CountUp(Eigen::Index n)
{
    std::vector<Eigen::Index> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), 0);
    return all;
}
