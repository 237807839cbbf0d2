/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_CARRIED_ENTITIES_H
#define OFFLOAD_CARRIED_ENTITIES_H

#include "agents/carried-steps.h"
#include "offload-entities.h"

#include <Eigen/Core>
#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Slots that hang together, as sets of MLUs of any number: OffloadEntities with what a slot
 * leaves to the next one.
 *
 * The traits of an MLU end with what it carries: slots that are left, capacity and content of its
 * battery (J; capacity 0 without one), and how long its CPU, its radio and the server still work on
 * what came before (s). The networks see EXTRA_FEATURES more, listed in the manual.
 *
 * Given are, besides the equations of OffloadEntities, how long a share waits: for the CPU and for
 * the radio until they are free, and for the server until all that arrived before is done, where it
 * serves in the order of arrival. What is left of these times after a slot of tau is carried, with
 * a slot barrier nothing; the battery loses (15) and (21). Learned are the same components.
 *
 * An MLU whose battery is empty sends nothing, whatever its action says. One whose battery cannot
 * pay for the whole task has, in truth, no answer, from where no gradient leads back to a smaller
 * consumption. Here it has the share s = battery / energy of an answer: its latency is 1 / (s / L +
 * (1 - s) / U), U that of a task without answer, and its quality lies between both in the same
 * proportion. So a joule that is saved is worth what it gives in the slot in which the battery
 * ends.
 */
class OffloadCarriedEntities : public OffloadEntities, public agents::CarriedSteps
{
  public:
    static constexpr Eigen::Index CARRIED = 6;        ///< entries that a slot leaves to the next
    static constexpr Eigen::Index EXTRA_FEATURES = 8; ///< next to those of OffloadEntities
    static constexpr Eigen::Index ALL_TRAITS = TRAITS + CARRIED; ///< entries of an MLU's traits
    static constexpr Eigen::Index ALL_FEATURES =
        FEATURES + EXTRA_FEATURES; ///< entries that networks see
    static constexpr Eigen::Index ALL_OBSERVATIONS =
        ALL_FEATURES + ACTIONS + ALL_TRAITS; ///< entries of an MLU's observation

    /// @param limits of the cell @param powerRangeDb R, dB, > 0 @param reference what outputs are
    /// relative to
    OffloadCarriedEntities(const OffloadLimits& limits,
                           double powerRangeDb,
                           OffloadReference::Kind reference);

    /**
     * @param problem what holds for all slots
     * @param observation what is known of a slot
     * @return K x ALL_TRAITS
     */
    agents::Rows GetAllTraits(const OffloadProblem& problem,
                              const SlotObservation& observation) const;

    Eigen::Index GetTraits() const override;
    const agents::CarriedSteps* GetSteps() const override;
    Eigen::Index GetCarriedTraits() const override;
    int64_t GetStepsLeft(const Eigen::Ref<const Eigen::RowVectorXf>& traits) const override;
    bool TakesPart(const Eigen::Ref<const Eigen::RowVectorXf>& traits) const override;
    /// @copydoc agents::OutcomeTask::MakeAlike
    void MakeAlike(const Eigen::Ref<const Eigen::RowVectorXf>& like,
                   Eigen::Ref<Eigen::RowVectorXf> traits) const override;
    /// @copydoc agents::OutcomeTask::Observe
    void Observe(const Eigen::Ref<const agents::Rows>& traits,
                 Eigen::Ref<agents::Rows> observations) const override;
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
    /// @copydoc agents::CarriedSteps::Advance
    double Advance(const Eigen::Ref<const agents::Rows>& traits,
                   const Eigen::Ref<const agents::Rows>& actions,
                   const Eigen::Ref<const agents::Rows>& components,
                   Eigen::Ref<agents::Rows> next) const override;
    /// @copydoc agents::CarriedSteps::Differentiate
    double Differentiate(const Eigen::Ref<const agents::Rows>& traits,
                         const Eigen::Ref<const agents::Rows>& actions,
                         const Eigen::Ref<const agents::Rows>& components,
                         double byValue,
                         const Eigen::Ref<const agents::Rows>& byNext,
                         Eigen::Ref<agents::Rows> byCarried,
                         Eigen::Ref<agents::Rows> byActions,
                         Eigen::Ref<agents::Rows> byComponents) const override;
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_CARRIED_ENTITIES_H
