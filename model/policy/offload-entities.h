/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_ENTITIES_H
#define OFFLOAD_ENTITIES_H

#include "agents/outcome-task.h"

#include "ns3/offload-limits.h"
#include "ns3/offload-slot.h"

#include <Eigen/Core>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A slot as a set of MLUs, of any number: what an agent sees of each, and the reward (47) as
 * a function of each MLU's outcome, with its gradient.
 *
 * The traits of an MLU are its gain (dB), task (Mbit), announced seconds per Mbit on the device and
 * on the server (logarithms), announced joules per Mbit, the quality of both models (28), its
 * largest power (logarithm of W) and its energy budget (J). What an agent sees of them, FEATURES
 * numbers of order one, is listed in the manual. They include the reference ratio in log odds: that
 * which would end both shares at the same time if all MLUs were received alike,
 * ln(t_local) - ln(1 / r + t_server), r = B log2(1 + 1 / (K - 1 + sigma^2 / (P h))). An offset of
 * the network's output for the ratio is the same number: an untrained policy chooses about this
 * ratio. With RATIO_POWER, the offset of the output for the power makes all received powers equal.
 *
 * The action of an MLU is its ratio and its power, evenly in dB as in OffloadStateLayout.
 *
 * What is learned are COMPONENTS, the seconds per Mbit of upload, device and server, from which
 * (15), (21), (28), (29), (47) and (48) are computed; or, for comparison, each MLU's LATENCY and
 * energy as wholes.
 */
class OffloadEntities : public agents::OutcomeTask
{
  public:
    /// What is learned; the names are components and latency
    enum Learned
    {
        COMPONENTS, ///< seconds per Mbit of upload, device and server
        LATENCY     ///< latency and energy of the MLU
    };

    static constexpr Eigen::Index TRAITS = 11;   ///< entries of an MLU's traits
    static constexpr Eigen::Index FEATURES = 18; ///< entries that networks see
    static constexpr Eigen::Index ACTIONS = 2;   ///< entries of an MLU's action
    static constexpr Eigen::Index OUTCOMES = 6;  ///< entries of an MLU's outcome
    static constexpr Eigen::Index OBSERVATIONS = FEATURES + ACTIONS + TRAITS; ///< of an MLU

    /**
     * @param limits of the cell
     * @param powerRangeDb R, powers go down to this far below the largest, dB, > 0
     * @param reference what outputs are relative to
     * @param learned what a model learns
     */
    OffloadEntities(const OffloadLimits& limits,
                    double powerRangeDb,
                    OffloadReference::Kind reference,
                    Learned learned = COMPONENTS);

    /**
     * @param problem what holds for all slots
     * @param observation what is known of a slot
     * @return K x TRAITS
     */
    static agents::Rows GetSlotTraits(const OffloadProblem& problem,
                                      const SlotObservation& observation);

    /**
     * @param outcome how a slot went
     * @return K x OUTCOMES: seconds of device, upload and server with download, joules of device
     * and upload; NaN for an MLU without answer
     */
    static agents::Rows GetSlotOutcomes(const SlotOutcome& outcome);

    Eigen::Index GetTraits() const override;
    std::vector<agents::OutcomeComponent> GetComponents() const override;
    /// @copydoc agents::OutcomeTask::MakeAlike
    void MakeAlike(const Eigen::Ref<const Eigen::RowVectorXf>& like,
                   Eigen::Ref<Eigen::RowVectorXf> traits) const override;
    /// @copydoc agents::OutcomeTask::Observe
    void Observe(const Eigen::Ref<const agents::Rows>& traits,
                 Eigen::Ref<agents::Rows> observations) const override;
    /// @copydoc agents::OutcomeTask::DescribeInputs
    void DescribeInputs(const Eigen::Ref<const agents::Rows>& traits,
                        Eigen::Ref<agents::Rows> inputs) const override;
    /// @copydoc agents::OutcomeTask::GetLevels
    void GetLevels(const Eigen::Ref<const agents::Rows>& traits,
                   const Eigen::Ref<const agents::Rows>& actions,
                   Eigen::Ref<Eigen::VectorXd> given,
                   Eigen::Ref<Eigen::VectorXd> chosen,
                   Eigen::Ref<agents::Rows> derivatives) const override;
    /// @copydoc agents::OutcomeTask::GetTargets
    void GetTargets(const Eigen::Ref<const agents::Rows>& traits,
                    const Eigen::Ref<const agents::Rows>& actions,
                    const Eigen::Ref<const agents::Rows>& outcomes,
                    Eigen::Ref<agents::Rows> components) const override;
    /// @copydoc agents::OutcomeTask::GetValue
    double GetValue(const Eigen::Ref<const agents::Rows>& traits,
                    const Eigen::Ref<const agents::Rows>& actions,
                    const Eigen::Ref<const agents::Rows>& components,
                    Eigen::Ref<agents::Rows> byActions,
                    Eigen::Ref<agents::Rows> byComponents) const override;

  protected:
    /// @param traits K x TRAITS or more @param[out] features K x FEATURES, which networks see
    void DescribeFeatures(const Eigen::Ref<const agents::Rows>& traits,
                          Eigen::Ref<agents::Rows> features) const;
    /// @param traits K x TRAITS or more @param[out] offsets K x ACTIONS, of a network's outputs
    void DescribeOffsets(const Eigen::Ref<const agents::Rows>& traits,
                         Eigen::Ref<agents::Rows> offsets) const;
    /// @param traits K x TRAITS or more @return seconds per Mbit of an upload if all MLUs were
    /// received alike, K values
    Eigen::ArrayXd GetReferenceUplinkS(const Eigen::Ref<const agents::Rows>& traits) const;
    /// @param traits K x TRAITS or more @return log odds of the reference ratio, K values
    Eigen::ArrayXd GetReferenceRatios(const Eigen::Ref<const agents::Rows>& traits) const;

    const OffloadLimits m_limits; //!< of the cell
    const double m_powerRangeDb;  //!< R, dB

  private:
    /// @param traits K x TRAITS or more @return log odds of the power that makes received powers
    /// equal
    Eigen::ArrayXd GetReferencePowers(const Eigen::Ref<const agents::Rows>& traits) const;

    OffloadReference::Kind m_reference; //!< what outputs are relative to
    Learned m_learned;                  //!< what a model learns
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_ENTITIES_H
