/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef RICIAN_PROPAGATION_LOSS_MODEL_H
#define RICIAN_PROPAGATION_LOSS_MODEL_H

#include "ns3/nstime.h"
#include "ns3/propagation-loss-model.h"

#include <complex>
#include <cstdint>
#include <map>
#include <unordered_map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Rician block fading, to be chained behind any path loss.
 *
 * The small-scale factor of (18): in each block of CoherenceTime, the power of a link is multiplied
 * by
 *
 *     g = |sqrt(K / (K + 1)) + sqrt(1 / (K + 1)) s|^2,  s ~ CN(0, 1),  E[g] = 1
 *
 * with K the KFactor; K = 0 is Rayleigh fading. From one block to the next, s is an AR(1) process:
 * s' = rho s + sqrt(1 - rho^2) w with w ~ CN(0, 1) and rho the Correlation, so that
 * Cov[g(0), g(n)] = (2 K rho^n + rho^(2 n)) / (K + 1)^2. Blocks are counted from time 0 in whole
 * time steps, the same for all links. A link that nobody asked for during some blocks goes on with
 * rho^n in one draw, which is the same law.
 *
 * A link is an unordered pair of nodes: both directions have the same gain. It is known by the ids
 * of the nodes and not by the mobility models, because spectrum channels may hand over copies of
 * those. A mobility model without a node is an end of its own. The model has no notion of
 * frequency, so give each channel an object of its own.
 *
 * Draws are made, real part before imaginary part, when a link is first asked for in a block. Two
 * runs agree if they ask for new links and blocks in the same order. AssignStreams forgets all
 * links, and takes one stream. An object serves one simulation.
 *
 * Attributes should be set before the first use; a later change counts from a link's next block on.
 */
class RicianPropagationLossModel : public PropagationLossModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    RicianPropagationLossModel();
    ~RicianPropagationLossModel() override;

    /**
     * @brief The gain g of a link in the current block.
     * @param a the mobility model of one node
     * @param b the mobility model of the other node
     * @return the linear power gain, > 0 and finite, 1 on average. A draw of exactly 0 is raised to
     * the smallest normal double (-3076.5 dB) to keep the gain finite in dB.
     */
    double GetPowerGain(Ptr<MobilityModel> a, Ptr<MobilityModel> b) const;

    /**
     * Small-scale Rician power gain, (18).
     * @param kFactor kappa, linear power ratio of line of sight to scatter, >= 0
     * @param scatter scattered part, CN(0, 1)
     * @return linear power gain, of mean 1
     */
    static double GetPowerGain(double kFactor, std::complex<double> scatter);

  protected:
    void DoDispose() override;

  private:
    /// What is known of one link.
    struct Link
    {
        int64_t block{-1};            ///< number of the block that the values below are for
        std::complex<double> scatter; ///< s, the scattered part, E|s|^2 = 1
        double gain{1};               ///< g, linear power gain
        double gainDb{0};             ///< g, dB
    };

    double DoCalcRxPower(double txPowerDbm,
                         Ptr<MobilityModel> a,
                         Ptr<MobilityModel> b) const override;
    int64_t DoAssignStreams(int64_t stream) override;

    /**
     * @brief Tell the ends of links from each other.
     * @param mobility the mobility model of an end
     * @return id of its node, or an id of its own without one; below 2^32
     */
    uint64_t GetEndId(const Ptr<MobilityModel>& mobility) const;

    /**
     * @brief Find a link, with its fading brought forward to the current block.
     * @param a the mobility model of one node
     * @param b the mobility model of the other node
     * @return the link, valid until the next call
     */
    const Link& GetLink(const Ptr<MobilityModel>& a, const Ptr<MobilityModel>& b) const;

    /**
     * @brief Draw the fading of a block.
     * @param link the link, in its last block or new
     * @param block number of the block to go to
     */
    void Draw(Link& link, int64_t block) const;

    double m_kFactor;                 ///< K, line of sight to scatter, linear, >= 0
    double m_correlation;             ///< rho, scatter of one block to that of the next, [0, 1]
    Time m_coherenceTime;             ///< length of a block, > 0
    Ptr<NormalRandomVariable> m_unit; ///< N(0, 1)

    /// Links by (smaller id of an end << 32 | larger id of an end).
    mutable std::unordered_map<uint64_t, Link> m_links;
    /// Ids of ends without a node; kept alive, so that no other takes the same address.
    mutable std::map<Ptr<MobilityModel>, uint64_t> m_bareEnds;
};

} // namespace llmmec
} // namespace ns3

#endif // RICIAN_PROPAGATION_LOSS_MODEL_H
